import { rootArn } from "#domain/arn.ts";
import { assumedRoleArn, type Entity, entityArn, federatedUserArn } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { factsOf, joinFacts } from "#domain/policies/facts.ts";
import { knownPolicyDocument } from "#domain/policies/read-document.ts";
import { findEntityById } from "#store/iam-entities.ts";
import type { Db } from "#store/store.ts";
import { federatedFacts, managedDocuments, roleAuthority, sessionFacts, userAuthority } from "./principals.ts";
import type { SessionClaims } from "./token.ts";

/** Who somebody is, and what it may do now. */
export type Identified = Pick<Caller, "account" | "kind" | "arn" | "authority">;

/** A user who uses an access key of its own. */
export async function identifyUser(db: Db, user: Entity): Promise<Identified> {
  return { account: user.account, kind: "user", arn: entityArn(user), authority: await userAuthority(db, user) };
}

/** Whose session that is, with the policies of today; undefined when its user or role is gone. */
export async function identifySession(db: Db, claims: SessionClaims): Promise<Identified | undefined> {
  const { account, kind, name } = claims;
  if (kind === "root") return { account, kind: "root", arn: rootArn(account) };
  const entity = claims.principal === "" ? undefined : await findEntityById(db, claims.principal);
  if (!entity && claims.principal !== "") return undefined;
  const session = await sessionPolicies(db, claims);
  const facts = {
    name,
    issuedAt: new Date(claims.issuedAt),
    sourceIdentity: claims.sourceIdentity,
    transitive: claims.transitive,
    tags: claims.tags.map(([key, value]) => ({ key, value })),
  };
  if (kind === "federated") {
    const begun = entity ? await userAuthority(db, entity) : { identity: [EVERYTHING] };
    const authority: Authority = { ...begun, session, facts: federatedFacts(account, facts) };
    return { account, kind: "user", arn: federatedUserArn(account, name), authority };
  }
  if (!entity) return undefined;
  if (kind === "role") {
    const authority: Authority = { ...(await roleAuthority(db, entity, facts)), session };
    return { account, kind: "role", arn: assumedRoleArn(account, entity.name, name), authority };
  }
  const own = await userAuthority(db, entity);
  const authority: Authority = { ...own, session, facts: joinFacts(own.facts, factsOf(sessionFacts(facts))) };
  return { account, kind: "user", arn: entityArn(entity), authority };
}

/** What a session may not exceed. What AWS denies sessions of a kind is denied here as a session policy. */
async function sessionPolicies(
  db: Db,
  { kind, account, policies, policyArns }: SessionClaims,
): Promise<readonly PolicyDocument[] | undefined> {
  if (kind === "user") return [WITHOUT_FACTOR];
  const managed = await managedDocuments(db, account, policyArns);
  const given = policies && [...policies, ...managed.map(({ document }) => document)];
  const documents = given?.map((text) => knownPolicyDocument(text, "session"));
  return kind === "federated" ? [...(documents ?? []), FEDERATED] : documents;
}

const said = (...statement: readonly object[]): PolicyDocument =>
  knownPolicyDocument(JSON.stringify({ Version: "2012-10-17", Statement: statement }), "session");

const EVERYTHING = said({ Effect: "Allow", Action: "*", Resource: "*" });
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: no IAM without MFA, and of STS only this. */
const WITHOUT_FACTOR = said(
  { Effect: "Allow", Action: "*", Resource: "*" },
  { Effect: "Deny", Action: ["iam:*", "sts:GetAccessKeyInfo", "sts:GetFederationToken"], Resource: "*" },
);
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
const FEDERATED = said({
  Effect: "Deny",
  Action: ["iam:*", "sts:AssumeRole", "sts:GetFederationToken"],
  Resource: "*",
});
