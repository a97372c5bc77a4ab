import type { KeyManager } from "#domain/keys/key-operations.ts";
import type { KeyTag, MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import { checkTags } from "#domain/keys/tags.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { putKeyTags } from "#store/key-tags.ts";
import { insertMasterKey } from "#store/master-keys.ts";
import type { Custody, Keeping } from "./custody.ts";
import { keyAct } from "./key-acts.ts";
import { newMaterial } from "./material.ts";

/** Makes a symmetric key of the caller's own (CreateKey). */
export async function createKey(
  request: { readonly description: string; readonly tags: readonly KeyTag[] },
  caller: Caller,
  { store, ...deps }: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<MasterKey> {
  checkTags(request.tags, 0);
  return await store.transaction().execute(async (tx) => {
    const key = newKey(caller, deps.ids.uuid() as KeyId, "CUSTOMER", request.description, deps);
    await insertMasterKey(tx, key, newMaterial(deps.root, key.id, key.version));
    await putKeyTags(tx, key.id, request.tags);
    await recordIn(tx, keyAct(caller, "CreateKey", { key: arnOf(key) }), deps.clock);
    return key;
  });
}

/** A key that is about to be stored. */
export function newKey(
  owner: Owner,
  id: KeyId,
  manager: KeyManager,
  description: string,
  { clock, ids }: Keeping,
): MasterKey {
  return {
    id,
    account: owner.account,
    region: owner.region,
    manager,
    description,
    state: "Enabled",
    version: 1,
    materialId: ids.hex(32),
    createdAt: clock.now(),
    deletionAt: undefined,
    pendingDays: undefined,
  };
}
