import type { LoadBalancerArn } from "#domain/arn.ts";
import { edgeOfArn } from "#domain/fleet/names.ts";
import { type Decision, decide, principalsOf } from "#domain/keys/authorization.ts";
import type { Grant, StoredGrant } from "#domain/keys/grant.ts";
import { keyFacts } from "#domain/keys/key-facts.ts";
import { type KeyOperation, keyOperation, type StateObjection, stateObjection } from "#domain/keys/key-operations.ts";
import { policyOf } from "#domain/keys/key-policy.ts";
import { algorithmObjection, usageObjection } from "#domain/keys/key-specs.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KeyRefusal } from "#domain/keys/refusals.ts";
import type { Caller } from "#domain/names.ts";
import { policiesOf } from "#domain/policies/authority.ts";
import { type Denial, reasonOf } from "#domain/policies/evaluate.ts";
import { type Facts, joinFacts } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { carriedBy } from "#store/edge-carriage.ts";
import { findGrant, type GrantQuestion, grantsForUse } from "#store/grants.ts";
import type { Db } from "#store/store.ts";
import { contextDigest } from "./context-digest.ts";
import { deniedAbroad } from "./find-key.ts";
import { readGrantToken } from "./grant-tokens.ts";
import { lookedUpFacts } from "./looked-up-facts.ts";
import type { RootOfCustody } from "./root.ts";

/** What somebody wants to do with a key. */
export interface KeyCall {
  readonly operation: KeyOperation;
  /** Of CreateGrant that of the constraint; empty for operations without one. */
  readonly context: EncryptionContext;
  readonly grantTokens: readonly string[];
  /** By which of the key's algorithms; undefined for operations without one. */
  readonly algorithm?: string | undefined;
  /** How the request names the key; undefined where it does not. */
  readonly keyId?: string | undefined;
  /** What policies may ask about this operation only: `kms:GrantOperations`. */
  readonly facts?: Facts | undefined;
  /** What a grant must be besides, to allow it. */
  readonly suits?: (grant: Grant) => boolean;
}

export type Allowed = Extract<Decision, { readonly allowed: true }>;

/**
 * Answers what allows this call. Refuses with `key-access-denied` when nothing does, with `grant-token-invalid` when a
 * token is not ours, with `key-disabled` or `key-state-forbids` when the key is not in a state for it, and with
 * `key-usage-invalid` when it is not a key for it.
 */
export async function authorize(
  db: Db,
  key: MasterKey,
  call: KeyCall,
  caller: Caller,
  root: RootOfCustody,
): Promise<Allowed> {
  const allowed = await allowance(db, key, call, caller, root);
  checkState(key, call.operation);
  checkUsage(key, call);
  return allowed;
}

function checkUsage(key: MasterKey, { operation, algorithm }: KeyCall): void {
  const usage = usageObjection(key, operation);
  if (usage) throw new Refusal("key-usage-invalid", `${arnOf(key)} ${usage}`);
  const objection = algorithm === undefined ? undefined : algorithmObjection(key, algorithm);
  if (objection) throw new Refusal("key-usage-invalid", objection);
}

/** Refuses when the key is not in a state for this operation. */
export function checkState(key: MasterKey, operation: KeyOperation): void {
  const objection = stateObjection(operation, key.state);
  if (!objection) return;
  const { code, words } = OBJECTIONS[objection];
  throw new Refusal(code, `${arnOf(key)} ${words}`);
}

async function allowance(db: Db, key: MasterKey, call: KeyCall, caller: Caller, root: RootOfCustody): Promise<Allowed> {
  const tokens = call.grantTokens.map((token) => readGrantToken(token, root));
  const keyArn = arnOf(key);
  const request = {
    operation: call.operation,
    caller,
    key: { account: key.account, arn: keyArn, policy: policyOf(key) },
    context: call.context,
    suits: call.suits,
    facts: await factsAbout(db, key, call, caller),
  };
  const judge = async (grants: readonly StoredGrant[]): Promise<Decision> =>
    decide({ ...request, grants, carried: await carriedOf(db, caller, grants) });

  const ungranted = await judge([]);
  if (ungranted.allowed) return ungranted;
  if (ungranted.explicit) throw denied(key, call.operation, caller, ungranted);
  for (const token of tokens.filter((candidate) => candidate.keyArn === keyArn)) {
    const grant = await findGrant(db, key.id, token.grantId);
    const decision = await judge(grant ? [grant] : []);
    if (decision.allowed) return decision;
  }
  for (const question of questions(call, caller)) {
    for await (const grants of grantsForUse(db, key.id, question)) {
      const decision = await judge(grants);
      if (decision.allowed) return decision;
    }
  }
  throw denied(key, call.operation, caller, ungranted);
}

/** All that policies may ask about a call to a key. */
export async function factsAbout(db: Db, key: MasterKey, call: KeyCall, caller: Caller): Promise<Facts> {
  const known = joinFacts(caller.facts ?? {}, keyFacts(key, call, caller), call.facts ?? {});
  const policies = [policyOf(key), ...policiesOf(caller.authority)];
  return joinFacts(known, await lookedUpFacts(db, key, policies));
}

/** Of the load balancers that are grantees, those that the caller carries, if it is an edge. */
async function carriedOf(db: Db, caller: Caller, grants: readonly StoredGrant[]): Promise<ReadonlySet<string>> {
  if (caller.kind !== "edge") return new Set();
  const arns = grants.map(({ granteePrincipal }) => granteePrincipal as LoadBalancerArn);
  return await carriedBy(
    db,
    edgeOfArn(caller.arn),
    arns.filter((arn) => arn.startsWith(LOAD_BALANCERS.prefix)),
  );
}

/** Where grants may be that allow the call though no token names them. Without a context an edge has to show its token. */
function questions(call: KeyCall, caller: Caller): readonly GrantQuestion[] {
  const { inContext, grantedAs } = keyOperation(call.operation);
  if (grantedAs === undefined) return [];
  const digest = inContext ? contextDigest(call.context) : undefined;
  const question = { operation: grantedAs, contextDigest: digest };
  const own = principalsOf(caller).map((grantee) => ({ ...question, grantee }));
  if (caller.kind !== "edge" || digest === undefined) return own;
  return [{ ...question, grantee: LOAD_BALANCERS }, ...own];
}

/** What AWS says when nothing allows an operation. */
export function denied(key: MasterKey, operation: KeyOperation, caller: Caller, why: Denial = UNNAMED): Refusal {
  if (key.account !== caller.account) return deniedAbroad(caller, operation);
  const action = `kms:${operation}`;
  return new Refusal(
    "key-access-denied",
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arnOf(key)} ${reasonOf(why, action)}`,
  );
}

const UNNAMED: Denial = { allowed: false, explicit: false, layer: "resource-based policy" };
const LOAD_BALANCERS = { prefix: "arn:aws:elasticloadbalancing:" };

const OBJECTIONS: Readonly<Record<StateObjection, { readonly code: KeyRefusal; readonly words: string }>> = {
  disabled: { code: "key-disabled", words: "is disabled." },
  "pending-deletion": { code: "key-state-forbids", words: "is pending deletion." },
  "pending-import": { code: "key-state-forbids", words: "is pending import." },
  "pending-replica-deletion": { code: "key-state-forbids", words: "is pending replica deletion." },
  "not-pending-deletion": { code: "key-state-forbids", words: "is not pending deletion." },
};
