import type { KeyOperation } from "#domain/keys/key-operations.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import type { Facts } from "#domain/policies/facts.ts";
import { recordIn } from "#journal/journal.ts";
import type { Tx } from "#store/store.ts";
import { authorize } from "./authorize.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { keyAct } from "./key-acts.ts";
import { holdKey } from "./related-keys.ts";

export type ChangeDeps = Pick<Custody, "store" | "clock" | "root">;

/**
 * Changes something of a key that the caller may change: the key is held, so that it stays as it was judged, and the
 * change is in the journal if and only if it is made. `facts` are what policies may ask about this operation only.
 */
export async function changeKey<Result>(
  operation: KeyOperation,
  keyId: string,
  caller: Caller,
  { store, clock, root }: ChangeDeps,
  change: (tx: Tx, key: SealedKey) => Promise<Result>,
  facts: Facts = {},
): Promise<Result> {
  return await store.transaction().execute(async (tx) => {
    const key = await heldKey(tx, operation, keyId, caller);
    await authorize(tx, key, { operation, context: {}, grantTokens: [], facts }, caller, root);
    const result = await change(tx, key);
    await recordIn(tx, keyAct(caller, operation, { key: arnOf(key) }), clock);
    return result;
  });
}

/** Reads a key after it was held: nobody changes or destroys it until the transaction ends. */
export async function heldKey(tx: Tx, operation: KeyOperation, keyId: string, caller: Caller): Promise<SealedKey> {
  const seen = await findKey(tx, keyId, caller, { operation, aliases: false });
  await holdKey(tx, seen.id);
  return await findKey(tx, arnOf(seen), caller, { operation, aliases: false });
}
