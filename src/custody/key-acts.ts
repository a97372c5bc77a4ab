import type { KeyArn } from "#domain/arn.ts";
import type { Caller, Owner } from "#domain/names.ts";
import type { Act } from "#journal/journal.ts";
import type { Ids } from "#lib/ids.ts";

/** Who acts on a key, as the journal names them. */
export type Actor = Pick<Caller, "account" | "region" | "arn" | "requestId"> & Partial<Pick<Caller, "accessKeyId">>;

/** Certificate Manager itself, acting on the keys of `owner`: each act has a request id of its own. */
export function certificateManager(owner: Owner, ids: Pick<Ids, "uuid">): Actor {
  return serviceActor(ACM, owner, ids);
}

/** A service that acts on the keys of `owner`. */
export function serviceActor(service: ServicePrincipal, owner: Owner, ids: Pick<Ids, "uuid">): Actor {
  return { account: owner.account, region: owner.region, arn: service, requestId: ids.uuid() };
}

/** One act of `actor` on a key, as it stands in the journal. */
export function keyAct(
  actor: Actor,
  eventName: string,
  about: { readonly key?: KeyArn | undefined; readonly grantId?: string | undefined; readonly error?: Act["error"] },
): Act {
  return {
    account: actor.account,
    region: actor.region,
    principal: actor.arn,
    ...(actor.accessKeyId !== undefined && { accessKeyId: actor.accessKeyId }),
    eventSource: "kms.amazonaws.com",
    eventName,
    ...(about.key && { resource: about.key }),
    ...(about.grantId !== undefined && { grantId: about.grantId }),
    requestId: actor.requestId,
    ...(about.error && { error: about.error }),
  };
}

/** A service as a principal, also where it may retire the grants it makes. */
export type ServicePrincipal = typeof ACM | typeof ELB;

/** The principal of Certificate Manager. */
export const ACM = "acm.amazonaws.com";
/** The principal of Elastic Load Balancing. */
export const ELB = "elasticloadbalancing.amazonaws.com";
