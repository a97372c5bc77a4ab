import { type KeyArn, parseArn } from "#domain/arn.ts";
import { ACM, type ServicePrincipal } from "#domain/keys/service-authority.ts";
import type { Caller, Owner } from "#domain/names.ts";
import type { Act } from "#journal/journal.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
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
  about: {
    readonly key?: KeyArn | undefined;
    readonly grantId?: string | undefined;
    readonly error?: Act["error"];
    /** What the key was used for, or may be. */
    readonly context?: EncryptionContext | undefined;
    /** Further facts; nothing secret. */
    readonly detail?: Readonly<Record<string, string>>;
  },
): Act {
  const certificate = certificateOf(about.context);
  const detail = { ...contextDetail(about.context), ...about.detail };
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
    ...(certificate !== undefined && { certificate }),
    ...(Object.keys(detail).length > 0 && { detail }),
    ...(about.error && { error: about.error }),
  };
}

/**
 * In whose trails an act on a key belongs: in that of who acts and, where the key is another account's, in that one's, too.
 * What the key's account denies to another stands in its own only: the other would learn from it that there is such a key.
 */
export function inTrails(act: Act, { account }: Pick<Owner, "account">): readonly Act[] {
  if (act.account === account) return [act];
  const { accessKeyId: _, ...known } = act;
  const owners = { ...known, account };
  return act.error?.code === "key-access-denied" ? [owners] : [act, owners];
}

/** The certificate that an encryption context names, so that all that was done with its key is found by it. */
function certificateOf(context: EncryptionContext | undefined): string | undefined {
  const arn = context?.["aws:acm:arn"];
  return arn !== undefined && arn.length <= LONGEST_ARN && parseArn(arn)?.service === "acm" ? arn : undefined;
}

function contextDetail(context: EncryptionContext | undefined): Readonly<Record<string, string>> {
  return context && Object.keys(context).length > 0 ? { encryptionContext: canonicalJson(context) } : {};
}

/** More than an ARN of ours has. */
const LONGEST_ARN = 256;
