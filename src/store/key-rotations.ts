import type { KeyId } from "#domain/keys/names.ts";
import type { MaterialVersion, Rotation, RotationType } from "#domain/keys/rotation.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Lets a key's material be replaced by itself from now on; undefined: no longer. */
export async function setRotation(tx: Tx, id: KeyId, rotation: Rotation | undefined): Promise<void> {
  await tx
    .updateTable("masterKeys")
    .set({ rotationDays: rotation?.days ?? null, rotationAt: rotation?.next.getTime() ?? null })
    .where("id", "=", id)
    .execute();
}

/** Puts new material in force, if `version` is the one behind that in force: what came before it stays to decrypt. */
export async function putMaterialInForce(
  tx: Tx,
  id: KeyId,
  material: {
    readonly version: number;
    readonly materialId: string;
    readonly sealed: Uint8Array;
    readonly rotation: RotationType;
    readonly createdAt: EpochMillis;
  },
): Promise<boolean> {
  const { version } = material;
  const { numUpdatedRows } = await tx
    .updateTable("masterKeys")
    .set({ currentVersion: version })
    .where("id", "=", id)
    .where("currentVersion", "=", version - 1)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) return false;
  await tx
    .insertInto("masterKeyMaterials")
    .values({ keyId: id, publicKey: null, ...material })
    .execute();
  return true;
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
    .select(["version", "materialId", "createdAt", "rotation"])
    .where("keyId", "=", id)
    .where("version", ">", after)
    .orderBy("version")
    .limit(limit)
    .execute();
  return rows.map(({ createdAt, rotation, ...row }) => ({
    ...row,
    createdAt: new Date(createdAt),
    rotation: rotation ?? undefined,
  }));
}
