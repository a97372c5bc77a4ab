import { checkExternal } from "#domain/keys/import.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import type { MaterialVersion } from "#domain/keys/rotation.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { earliest, hasCome } from "#lib/duration.ts";
import { eraseImported, forgetMaterial } from "#store/imported-materials.ts";
import { listMaterials } from "#store/key-rotations.ts";
import { findMasterKey, setKeyState } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { keyAct } from "./key-acts.ts";
import { holdKey, idsIn, relatedRegions } from "./related-keys.ts";

/** The task of the job that destroys imported material when it ends; its subject is the key's id. */
export const EXPIRE_TASK = "key.expire-material";

/** More than a key with imported material can have: it is rotated on demand only. */
export const MOST_MATERIALS = 100;

/**
 * Takes imported material away: the one with this id, or the one that encrypts. The key cannot be used until the same is
 * imported again; one that waited for its rotation is forgotten. Answers its id, undefined where none ever was.
 */
export async function deleteImportedMaterial(
  request: { readonly keyId: string; readonly materialId: string | undefined },
  caller: Caller,
  deps: ChangeDeps,
): Promise<{ readonly key: MasterKey; readonly materialId: string | undefined }> {
  const { keyId, materialId } = request;
  return await changeKey("DeleteImportedKeyMaterial", keyId, caller, deps, async (tx, key) => {
    checkExternal(key);
    const known = await listMaterials(tx, key.id, 0, MOST_MATERIALS);
    const wanted = known.find((one) =>
      materialId === undefined ? one.version === key.version : one.materialId === materialId,
    );
    if (materialId !== undefined && !wanted) {
      throw new Refusal("key-not-found", `Key material ${materialId} is not associated with ${arnOf(key)}`);
    }
    if (wanted) await takeAway(tx, key, wanted);
    return { key, materialId: wanted?.materialId };
  });
}

/**
 * The task "key.expire-material": destroys imported material whose time is over. Answers when to look again; undefined
 * when none ends by itself.
 */
export async function expireMaterial(
  keyId: string,
  { store, clock, ids }: Pick<Custody, "store" | "clock" | "ids">,
): Promise<Date | undefined> {
  return await store.transaction().execute(async (tx) => {
    if (!(await holdKey(tx, keyId as KeyId))) return undefined;
    const now = clock.now();
    const ends: Date[] = [];
    for (const material of await listMaterials(tx, keyId as KeyId, 0, MOST_MATERIALS)) {
      if (!material.validTo) continue;
      if (!hasCome(material.validTo, now)) {
        ends.push(material.validTo);
        continue;
      }
      const key = await findMasterKey(tx, keyId as KeyId);
      if (!key) return undefined;
      await takeAway(tx, key, material);
      const kms = { ...key, arn: KMS, requestId: ids.uuid() };
      await recordIn(tx, keyAct(kms, "DeleteExpiredKeyMaterial", { key: arnOf(key) }), clock);
    }
    return ends.length > 0 ? earliest(ends) : undefined;
  });
}

/** Material that was never in force is forgotten everywhere; of other the key remembers what it was. */
async function takeAway(tx: Tx, key: MasterKey, { version }: MaterialVersion): Promise<void> {
  if (version > key.version) {
    const related = await relatedRegions(tx, key);
    const isReplica = related !== undefined && related.primary !== key.region;
    if (isReplica) await eraseImported(tx, key.id, version);
    else for (const id of idsIn(related, key)) await forgetMaterial(tx, id, version);
    return;
  }
  const was = await eraseImported(tx, key.id, version);
  const usable = key.state === "Enabled" || key.state === "Disabled";
  if (was && usable) await setKeyState(tx, key.id, { from: key.state, to: "PendingImport" });
}

const KMS = "kms.amazonaws.com";
