import type { KeyOperation } from "#domain/keys/key-operations.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { type KeyId, parseKeyReference } from "#domain/keys/names.ts";
import type { ServiceAlias } from "#domain/keys/service-authority.ts";
import type { Caller } from "#domain/names.ts";
import { findAliasTarget } from "#store/key-aliases.ts";
import { authorize } from "./authorize.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { ensureServiceKey, isServiceAlias, serviceKey } from "./service-keys.ts";

/** A key that the caller may look at with this operation; it is named by its id or ARN. */
export async function seeKey(
  operation: KeyOperation,
  keyId: string,
  caller: Caller,
  { store, root }: Pick<Custody, "store" | "root">,
): Promise<MasterKey> {
  const key = await findKey(store, keyId, caller, { operation, aliases: false });
  await authorize(store, key, { operation, context: {}, grantTokens: [] }, caller, root);
  return key;
}

/**
 * A key by its id, ARN, alias or alias ARN. Describing the alias of an AWS managed key that is not there yet makes it
 * (API_DescribeKey), for whoever may describe it.
 */
export async function describeKey(
  { keyId, grantTokens }: { readonly keyId: string; readonly grantTokens: readonly string[] },
  caller: Caller,
  deps: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<MasterKey> {
  const { store, root } = deps;
  const operation = "DescribeKey";
  const call = { operation, context: {}, grantTokens, keyId } as const;
  const missing = await missingServiceKey(keyId, caller, deps);
  if (missing) {
    await authorize(store, serviceKey(caller, missing, UNMADE, deps), call, caller, root);
    await store.transaction().execute((tx) => ensureServiceKey(tx, caller, missing, deps));
  }
  const key = await findKey(store, keyId, caller, { operation, aliases: true });
  await authorize(store, key, call, caller, root);
  return key;
}

/** The alias of an AWS managed key of the caller's account that is not there yet; edges make none. */
async function missingServiceKey(
  keyId: string,
  caller: Caller,
  { store }: Pick<Custody, "store">,
): Promise<ServiceAlias | undefined> {
  const reference = parseKeyReference(keyId);
  if (typeof reference === "string" || reference.kind !== "alias" || !isServiceAlias(reference.name)) return undefined;
  const { owner = caller, name } = reference;
  if (owner.account !== caller.account || owner.region !== caller.region || caller.kind === "edge") return undefined;
  return (await findAliasTarget(store, caller, name)) ? undefined : name;
}

/** Stands for the id of a key that is to be made. */
const UNMADE = "*" as KeyId;
