import { parseArn } from "#domain/arn.ts";
import type { Caller } from "#domain/names.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { asStrict, constraintHolds, type Grant } from "./grant.ts";
import { type KeyManager, type KeyOperation, keyOperation } from "./key-operations.ts";

/** What is asked: who wants to do what with which key, and the grants that may speak for it. */
export interface KeyRequest {
  readonly operation: KeyOperation;
  readonly caller: Pick<Caller, "kind" | "account" | "arn">;
  readonly key: { readonly account: string; readonly manager: KeyManager };
  /** Empty for operations without one. */
  readonly context: EncryptionContext;
  readonly grants: readonly Grant[];
  /** Of the load balancers among the grantees, those that the caller carries; for edges. */
  readonly carried?: ReadonlySet<string>;
}

/** Allowed as the key's own account, or by one grant. */
export type Decision =
  | { readonly allowed: true; readonly by: "account" }
  | { readonly allowed: true; readonly by: "grant"; readonly grant: Grant }
  | { readonly allowed: false };

/**
 * Who may do what with which key; what is not allowed here is refused. The account of a customer managed key may do
 * everything with it; of an AWS managed key it may only look, and revoke grants. Everybody else needs a grant.
 */
export function decide(request: KeyRequest): Decision {
  if (ownerMay(request)) return { allowed: true, by: "account" };
  const grant = request.grants.find((candidate) => grantAllows(candidate, request));
  return grant ? { allowed: true, by: "grant", grant } : { allowed: false };
}

/**
 * Who may retire a grant: its retiring principal, its grantee where it allows RetireGrant, and the account in which it
 * was made (API_RetireGrant).
 */
export function mayRetire(caller: KeyRequest["caller"], grant: Grant): boolean {
  if (caller.arn === grant.retiringPrincipal) return true;
  if (caller.kind === "root" && caller.arn === grant.issuingAccount) return true;
  return isGrantee(caller, grant) && grant.operations.includes("RetireGrant");
}

/**
 * Whether somebody who may create grants only because of `parent` may create `child`: none of its operations, and none
 * of its contexts, may be more than the parent's.
 */
export function mayPassOn(parent: Grant, child: Pick<Grant, "operations" | "constraint">): boolean {
  return (
    child.operations.every((operation) => parent.operations.includes(operation)) &&
    asStrict(child.constraint, parent.constraint)
  );
}

function ownerMay({ operation, caller, key }: KeyRequest): boolean {
  if (caller.kind !== "root" || caller.account !== key.account) return false;
  return key.manager === "CUSTOMER" || keyOperation(operation).onManagedKeys;
}

function grantAllows(grant: Grant, { operation, caller, context, carried }: KeyRequest): boolean {
  const { grantedAs, inContext } = keyOperation(operation);
  return (
    grantedAs !== undefined &&
    grant.operations.includes(grantedAs) &&
    isGrantee(caller, grant, carried) &&
    (!inContext || constraintHolds(grant.constraint, context))
  );
}

/** An edge acts for the load balancers it carries; a load balancer itself never signs a request. */
function isGrantee(caller: KeyRequest["caller"], grant: Grant, carried: KeyRequest["carried"] = NONE): boolean {
  if (caller.arn === grant.granteePrincipal) return true;
  return caller.kind === "edge" && isLoadBalancer(grant.granteePrincipal) && carried.has(grant.granteePrincipal);
}

function isLoadBalancer(principal: string): boolean {
  const arn = parseArn(principal);
  return arn?.service === "elasticloadbalancing" && arn.resource.startsWith("loadbalancer/");
}

const NONE: ReadonlySet<string> = new Set();
