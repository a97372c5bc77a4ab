import { parseArn, rootArn } from "#domain/arn.ts";
import type { Caller } from "#domain/names.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { type Denial, judgeOwn, judgeResource, type ResourceEffect, type Verdict } from "#domain/policies/evaluate.ts";
import { type Facts, joinFacts } from "#domain/policies/facts.ts";
import { askerOf } from "#domain/policies/principals.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { asStrict, constraintHolds, type Grant } from "./grant.ts";
import { type KeyOperation, keyOperation } from "./key-operations.ts";

/** What is asked: who wants to do what with which key, and the grants that may speak for it. */
export interface KeyRequest {
  readonly operation: KeyOperation;
  readonly caller: Pick<Caller, "kind" | "account" | "arn" | "authority">;
  readonly key: { readonly account: string; readonly arn: string; readonly policy: PolicyDocument };
  /** Empty for operations without one. */
  readonly context: EncryptionContext;
  /** What is known of the request, for the conditions of policies. */
  readonly facts: Facts;
  readonly grants: readonly Grant[];
  /** What a grant must be besides, to allow it. */
  readonly suits?: ((grant: Grant) => boolean) | undefined;
  /** Of the load balancers among the grantees, those that the caller carries; for edges. */
  readonly carried?: ReadonlySet<string>;
}

/** Allowed by policies, or by one grant; denied because a policy says so, or because none lets it. */
export type Decision =
  | { readonly allowed: true; readonly by: "policy" }
  | { readonly allowed: true; readonly by: "grant"; readonly grant: Grant }
  | Denial;

/**
 * Who may do what with which key; what is not allowed here is refused. A Deny in any policy is the end of it. The key's
 * policy must name who asks, or its account, whose own policies then decide; who is of another account needs both, and
 * may only use the key: it is administered by its own account. What policies do not allow, a grant may.
 * https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
 */
export function decide(request: KeyRequest): Decision {
  if (request.caller.account !== request.key.account && !keyOperation(request.operation).abroad) return UNNAMED;
  const verdict = judgePolicies(request);
  if (verdict.allowed) return { allowed: true, by: "policy" };
  if (verdict.explicit) return verdict;
  const grant = request.grants.find((candidate) => grantAllows(candidate, request));
  return grant ? { allowed: true, by: "grant", grant } : verdict;
}

function judgePolicies({ operation, caller, key, facts }: KeyRequest): Verdict {
  const { authority } = caller;
  const known = joinFacts(facts, authority?.facts ?? {});
  const asked = { action: `kms:${operation}`, resource: key.arn, facts: known };
  const effect = judgeResource(asked, key.policy, askerOf(caller));
  if (effect === "Deny") return { allowed: false, explicit: true, layer: "resource-based policy" };
  // An edge is nobody's account: what is said to its account is not said to it.
  if (caller.kind === "edge") return effect === "itself" ? { allowed: true } : UNNAMED;
  const own = judgeOwnPolicies(caller, asked, caller.account === key.account ? (effect ?? "account") : "account");
  if (!own.allowed && own.explicit) return own;
  return effect === undefined ? UNNAMED : own;
}

/** An account's own key may do whatever a policy leaves to its account. */
function judgeOwnPolicies(
  { kind, authority }: KeyRequest["caller"],
  asked: Parameters<typeof judgeOwn>[0],
  named: Exclude<ResourceEffect, "Deny" | undefined>,
): Verdict {
  return kind === "root" ? { allowed: true } : judgeOwn(asked, authority ?? { identity: [], facts: {} }, named);
}

/**
 * Who may retire a grant: its retiring principal, its grantee where it allows RetireGrant, and the account in which it
 * was made. An account that may retire it may leave that to its users and roles by their policies, and theirs can deny it
 * to anybody; the key's policy is not asked.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
 */
export function judgeRetirement(
  { caller, key, facts }: Pick<KeyRequest, "caller" | "facts"> & { readonly key: Pick<KeyRequest["key"], "arn"> },
  grant: Grant,
): Verdict {
  const { retiringPrincipal, issuingAccount, operations } = grant;
  const known = joinFacts(facts, caller.authority?.facts ?? {});
  const own = judgeOwnPolicies(caller, { action: "kms:RetireGrant", resource: key.arn, facts: known }, "account");
  if (!own.allowed && own.explicit) return own;
  const names = principalsOf(caller);
  if (retiringPrincipal !== undefined && names.includes(retiringPrincipal)) return ALLOWED;
  if (isGrantee(caller, grant) && operations.includes("RetireGrant")) return ALLOWED;
  const account = caller.kind === "edge" ? undefined : rootArn(caller.account);
  return account === issuingAccount || account === retiringPrincipal ? own : UNGRANTED;
}

/**
 * Whether somebody who may create grants only because of `parent` may create `child`: none of its operations, and none
 * of its contexts, may be more than the parent's.
 */
export function mayPassOn(
  parent: Grant,
  child: Pick<Grant, "constraint"> & { readonly operations: readonly string[] },
): boolean {
  const granted: readonly string[] = parent.operations;
  return (
    child.operations.every((operation) => granted.includes(operation)) && asStrict(child.constraint, parent.constraint)
  );
}

function grantAllows(grant: Grant, { operation, caller, context, carried, suits }: KeyRequest): boolean {
  const { grantedAs, inContext } = keyOperation(operation);
  return (
    grantedAs !== undefined &&
    grant.operations.includes(grantedAs) &&
    isGrantee(caller, grant, carried) &&
    (!inContext || constraintHolds(grant.constraint, context)) &&
    (suits === undefined || suits(grant))
  );
}

/** What grants call a caller: by its ARN; a user, and a session and its role, by their unique ids. */
export function principalsOf(caller: KeyRequest["caller"]): readonly string[] {
  const { arn, id, sessionId } = askerOf(caller);
  if (id === undefined) return [arn];
  return sessionId === undefined ? [id] : [sessionId, id];
}

/** An edge acts for the load balancers it carries; a load balancer itself never signs a request. */
function isGrantee(caller: KeyRequest["caller"], grant: Grant, carried: KeyRequest["carried"] = NONE): boolean {
  if (principalsOf(caller).includes(grant.granteePrincipal)) return true;
  return caller.kind === "edge" && isLoadBalancer(grant.granteePrincipal) && carried.has(grant.granteePrincipal);
}

function isLoadBalancer(principal: string): boolean {
  const arn = parseArn(principal);
  return arn?.service === "elasticloadbalancing" && arn.resource.startsWith("loadbalancer/");
}

const ALLOWED: Verdict = { allowed: true };
const UNGRANTED: Denial = { allowed: false, explicit: false, layer: "identity-based policy" };
const UNNAMED: Denial = { allowed: false, explicit: false, layer: "resource-based policy" };
const NONE: ReadonlySet<string> = new Set();
