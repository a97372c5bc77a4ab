import { awsPolicyDocument } from "#domain/identity/aws-policies.ts";
import { type Entity, type PrincipalKind, parseEntityArn } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { knownPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import { managedDocuments, policiesOf, roleAuthority, userAuthority } from "#identity/sessions/principals.ts";
import { listAttachments } from "#store/iam-attachments.ts";
import { listInlinePolicies } from "#store/iam-inline-policies.ts";
import { groupsOf } from "#store/iam-members.ts";
import type { Db } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed } from "./find.ts";

/** A policy that a simulation asks, as it calls it. */
export interface PolicySource {
  readonly id: string;
  /** Whose inline policy it is, which kind of managed policy, or `none` for one that is only simulated. */
  readonly type: PrincipalKind | "aws-managed" | "user-managed" | "none";
  readonly text: string;
  readonly document: PolicyDocument;
}

/** As `Authority`, with where each of the identity policies comes from. */
export interface SimulatedAuthority extends Omit<Authority, "identity"> {
  readonly sources: readonly PolicySource[];
}

/**
 * What a user, group or role of the account may do, with further policies and, if given, another boundary. Throws
 * `principal-input-invalid` for an ARN that is none, `entity-not-found`.
 */
export async function authorityOf(
  arn: string,
  more: Pick<SimulatedAuthority, "sources" | "boundary">,
  { account }: Pick<Caller, "account">,
  { store, clock }: Pick<IamDeps, "store" | "clock">,
): Promise<SimulatedAuthority> {
  const named = parseEntityArn(arn);
  if (named?.account !== account || named.kind === "instance-profile") {
    throw new Refusal(
      "principal-input-invalid",
      `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    );
  }
  const entity = await entityNamed(store, account, named.kind, named.name);
  const session = { name: "simulation", issuedAt: clock.now(), tags: [], sourceIdentity: undefined, transitive: [] };
  const { facts, ...own } =
    named.kind === "user"
      ? await userAuthority(store, entity)
      : named.kind === "role"
        ? await roleAuthority(store, entity, session)
        : { ...(await policiesOf(store, entity, [])), facts: {} };
  const boundary = more.boundary ?? own.boundary;
  return { facts, boundary, sources: [...(await sourcesOf(store, entity, named.kind)), ...more.sources] };
}

/** The policies of an entity and of its groups, by their names. */
async function sourcesOf(db: Db, entity: Entity, kind: PrincipalKind): Promise<readonly PolicySource[]> {
  const groups = kind === "user" ? await groupsOf(db, entity.id) : [];
  const holders = [{ id: entity.id, type: kind }, ...groups.map((id) => ({ id, type: "group" as const }))];
  const sources: PolicySource[] = [];
  const attached = new Map<string, string>();
  for (const { id, type } of holders) {
    for (const { name, document } of await listInlinePolicies(db, id, "", MOST_POLICIES)) {
      sources.push({ id: name, type, text: document, document: knownPolicyDocument(document, "identity") });
    }
    for (const { arn, name } of await listAttachments(db, id)) attached.set(arn, name);
  }
  for (const { arn, document } of await managedDocuments(db, entity.account, [...attached.keys()])) {
    const type = awsPolicyDocument(arn) === undefined ? "user-managed" : "aws-managed";
    const known = knownPolicyDocument(document, "identity");
    sources.push({ id: attached.get(arn) ?? arn, type, text: document, document: known });
  }
  return sources;
}

/** More than their sizes let anybody have. */
const MOST_POLICIES = 1000;
