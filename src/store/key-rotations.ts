import type { KeyId } from "#domain/keys/names.ts";
import type { MaterialVersion, Rotation } from "#domain/keys/rotation.ts";
import type { Db, Tx } from "./store.ts";

/** Lets a key's material be replaced by itself from now on; undefined: no longer. */
export async function setRotation(tx: Tx, id: KeyId, rotation: Rotation | undefined): Promise<void> {
  await tx
    .updateTable("masterKeys")
    .set({ rotationDays: rotation?.days ?? null, rotationAt: rotation?.next.getTime() ?? null })
    .where("id", "=", id)
    .execute();
}

/** Puts a version of a key's material in force, if it is the one behind that in force: that stays to decrypt. */
export async function putInForce(tx: Tx, id: KeyId, version: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("masterKeys")
    .set({ currentVersion: version })
    .where("id", "=", id)
    .where("currentVersion", "=", version - 1)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Notes when imported material was put in force. */
export async function markRotated(tx: Tx, id: KeyId, version: number, now: Date): Promise<void> {
  await tx
    .updateTable("masterKeyMaterials")
    .set({ rotation: "ON_DEMAND", rotatedAt: now.getTime() })
    .where("keyId", "=", id)
    .where("version", "=", version)
    .execute();
}

/** How often a key was rotated on demand. */
export async function countOnDemand(db: Db, id: KeyId): Promise<number> {
  const { count } = await db
    .selectFrom("masterKeyMaterials")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("keyId", "=", id)
    .where("rotation", "=", "ON_DEMAND")
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** A page of the versions of a key's material behind `after`, oldest first. */
export async function listMaterials(db: Db, id: KeyId, after: number, limit: number): Promise<MaterialVersion[]> {
  const rows = await db
    .selectFrom("masterKeyMaterials")
    .select(["version", "materialId", "createdAt", "rotation", "rotatedAt", "description", "validTo"])
    .select(({ eb }) => eb("sealed", "is not", null).as("present"))
    .where("keyId", "=", id)
    .where("version", ">", after)
    .orderBy("version")
    .limit(limit)
    .execute();
  return rows.map(({ version, materialId, createdAt, rotation, rotatedAt, description, validTo, present }) => ({
    version,
    materialId,
    rotation: rotation ?? undefined,
    rotatedAt: rotation === null ? undefined : new Date(rotatedAt ?? createdAt),
    present: Boolean(present),
    description: description ?? undefined,
    validTo: validTo === null ? undefined : new Date(validTo),
  }));
}
