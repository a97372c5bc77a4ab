import type { KeyId } from "#domain/keys/names.ts";
import type { Db, Tx } from "./store.ts";

/** Imported material comes, for the first time or again. */
export async function putImported(
  tx: Tx,
  keyId: KeyId,
  version: number,
  imported: {
    readonly sealed: Uint8Array;
    readonly publicKey: Uint8Array | undefined;
    readonly validTo: Date | undefined;
    /** Undefined: as it was. */
    readonly description: string | undefined;
  },
): Promise<void> {
  const { sealed, publicKey, validTo, description } = imported;
  await tx
    .updateTable("masterKeyMaterials")
    .set({
      sealed,
      publicKey: publicKey ?? null,
      validTo: validTo?.getTime() ?? null,
      ...(description !== undefined && { description }),
    })
    .where("keyId", "=", keyId)
    .where("version", "=", version)
    .execute();
}

/** Takes imported material away; what it was stays known. False when it was not there. */
export async function eraseImported(tx: Tx, keyId: KeyId, version: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("masterKeyMaterials")
    .set({ sealed: null, publicKey: null, validTo: null })
    .where("keyId", "=", keyId)
    .where("version", "=", version)
    .where("sealed", "is not", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Forgets a version of a key's material that was never in force. */
export async function forgetMaterial(tx: Tx, keyId: KeyId, version: number): Promise<void> {
  await tx.deleteFrom("masterKeyMaterials").where("keyId", "=", keyId).where("version", "=", version).execute();
}

/** Whether one of the versions up to `current` waits to be imported. */
export async function isIncomplete(db: Db, keyId: KeyId, current: number): Promise<boolean> {
  const row = await db
    .selectFrom("masterKeyMaterials")
    .select("version")
    .where("keyId", "=", keyId)
    .where("version", "<=", current)
    .where("sealed", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
