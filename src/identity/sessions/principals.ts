import { awsPolicyDocument } from "#domain/identity/aws-policies.ts";
import { type Entity, entityArn, federatedUserArn } from "#domain/identity/entity.ts";
import type { AccountId } from "#domain/names.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { type Facts, factsOf } from "#domain/policies/facts.ts";
import { knownPolicyDocument } from "#domain/policies/read-document.ts";
import { attachmentsOfAll } from "#store/iam-attachments.ts";
import { inlineDocuments } from "#store/iam-inline-policies.ts";
import { groupsOf } from "#store/iam-members.ts";
import { defaultDocuments } from "#store/iam-policies.ts";
import { type IamTag, listIamTags } from "#store/iam-tags.ts";
import type { Db } from "#store/store.ts";

/** What is known of a session beside whose it is. */
export interface SessionFacts {
  /** The name of a role session, or of a federated user. */
  readonly name: string;
  readonly issuedAt: Date;
  readonly tags: readonly IamTag[];
  readonly sourceIdentity: string | undefined;
  /** Keys of the tags that roles which the session assumes get too. */
  readonly transitive: readonly string[];
}

/** What a user may do now, by its own policies and those of its groups. */
export async function userAuthority(db: Db, user: Entity): Promise<Authority> {
  const policies = await policiesOf(db, user, await groupsOf(db, user.id));
  const tags = await listIamTags(db, user.id);
  return { ...policies, facts: userFacts(user, tags) };
}

/** What a session of a role may do now, before its session policies. */
export async function roleAuthority(db: Db, role: Entity, session: SessionFacts): Promise<Authority> {
  const policies = await policiesOf(db, role, []);
  const own = await listIamTags(db, role.id);
  const given = new Set(session.tags.map(({ key }) => key.toLowerCase()));
  const tags = [...own.filter(({ key }) => !given.has(key.toLowerCase())), ...session.tags];
  const facts = factsOf({
    "aws:PrincipalArn": entityArn(role),
    "aws:PrincipalAccount": role.account,
    "aws:PrincipalType": "AssumedRole",
    "aws:userid": `${role.id}:${session.name}`,
    ...sessionFacts(session),
    ...(session.transitive.length > 0 && { [TRANSITIVE_TAGS]: session.transitive }),
    ...tagFacts(tags),
  });
  return { ...policies, facts };
}

/** What is known of a federated user of an account. */
export function federatedFacts(account: AccountId, session: SessionFacts): Facts {
  return factsOf({
    "aws:PrincipalArn": federatedUserArn(account, session.name),
    "aws:PrincipalAccount": account,
    "aws:PrincipalType": "FederatedUser",
    "aws:userid": `${account}:${session.name}`,
    ...sessionFacts(session),
    ...tagFacts(session.tags),
  });
}

/** What is known of temporary credentials: when they were given out, and that nobody showed a second factor. */
export function sessionFacts({
  issuedAt,
  sourceIdentity,
}: Pick<SessionFacts, "issuedAt" | "sourceIdentity">): Readonly<Record<string, string | undefined>> {
  return {
    "aws:TokenIssueTime": `${issuedAt.toISOString().slice(0, 19)}Z`,
    "aws:MultiFactorAuthPresent": "false",
    "aws:SourceIdentity": sourceIdentity,
  };
}

/** The documents of managed policies by ARN, of an account or of AWS, as they are now; those that are gone are left out. */
export async function managedDocuments(
  db: Db,
  account: AccountId,
  arns: readonly string[],
): Promise<readonly { readonly arn: string; readonly document: string }[]> {
  const aws = arns
    .flatMap((arn) => ({ arn, document: awsPolicyDocument(arn) ?? "" }))
    .filter(({ document }) => document);
  const others = arns.filter((arn) => awsPolicyDocument(arn) === undefined);
  return [...aws, ...(await defaultDocuments(db, account, others))];
}

function userFacts(user: Entity, tags: readonly IamTag[]): Facts {
  return factsOf({
    "aws:PrincipalArn": entityArn(user),
    "aws:PrincipalAccount": user.account,
    "aws:PrincipalType": "User",
    "aws:userid": user.id,
    "aws:username": user.name,
    ...tagFacts(tags),
  });
}

function tagFacts(tags: readonly IamTag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [`aws:PrincipalTag/${key}`, value]));
}

/** The policies of an entity and of its groups, as they are now. */
export async function policiesOf(
  db: Db,
  { id, account, boundary }: Entity,
  groups: readonly string[],
): Promise<Pick<Authority, "identity" | "boundary">> {
  const holders = [id, ...groups];
  const inline = await inlineDocuments(db, holders);
  const attached = await attachmentsOfAll(db, holders);
  const arns = [...new Set([...attached, ...(boundary === undefined ? [] : [boundary])])];
  const managed = new Map((await managedDocuments(db, account, arns)).map(({ arn, document }) => [arn, document]));
  const texts = [...inline, ...attached.flatMap((arn) => managed.get(arn) ?? [])];
  const identity = texts.map((text) => knownPolicyDocument(text, "identity"));
  if (boundary === undefined) return { identity };
  const bound = managed.get(boundary);
  return { identity, boundary: bound === undefined ? NOTHING : knownPolicyDocument(bound, "identity") };
}

/** Which tags of a session are transitive: no condition key of AWS's, but whoever assumes the next role must know. */
export const TRANSITIVE_TAGS = "sealkeeper:transitivetagkeys";

/** Allows nothing: what bounds, but is not there. */
const NOTHING: PolicyDocument = knownPolicyDocument(
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Deny", Action: "*", Resource: "*" } }),
  "identity",
);
