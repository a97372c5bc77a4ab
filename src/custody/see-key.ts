import type { KeyOperation } from "#domain/keys/key-operations.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import type { Caller } from "#domain/names.ts";

import { authorize } from "./authorize.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { ensureServiceKey, isServiceAlias } from "./service-keys.ts";

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
 * (API_DescribeKey).
 */
export async function describeKey(
  { keyId, grantTokens }: { readonly keyId: string; readonly grantTokens: readonly string[] },
  caller: Caller,
  deps: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<MasterKey> {
  const operation = "DescribeKey";
  const alias = keyId.slice(keyId.lastIndexOf(":") + 1);
  const own = alias === keyId || keyId.startsWith(`arn:aws:kms:${caller.region}:${caller.account}:`);
  if (own && isServiceAlias(alias) && caller.kind !== "edge") {
    await deps.store.transaction().execute((tx) => ensureServiceKey(tx, caller, alias, deps));
  }
  const key = await findKey(deps.store, keyId, caller, { operation, aliases: true });
  await authorize(deps.store, key, { operation, context: {}, grantTokens }, caller, deps.root);
  return key;
}
