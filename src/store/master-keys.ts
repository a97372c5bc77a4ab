import type { Selectable } from "kysely";
import type { KeyState } from "#domain/keys/key-operations.ts";
import type { KeySpec, KeyUsage } from "#domain/keys/key-specs.ts";
import type { MasterKey, SealedKey } from "#domain/keys/master-key.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Rotation, RotationType } from "#domain/keys/rotation.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { KeyTables } from "./tables/keys.ts";

/** Material that is about to be stored. */
export interface NewMaterial {
  readonly sealed: Uint8Array;
  /** SubjectPublicKeyInfo, DER; undefined for a key that is no pair. */
  readonly publicKey: Uint8Array | undefined;
}

/** Stores a new key, with the first version of its material unless that is still to be imported. */
export async function insertMasterKey(tx: Tx, key: MasterKey, material: NewMaterial | undefined): Promise<void> {
  const { id: keyId, version, materialId } = key;
  await tx
    .insertInto("masterKeys")
    .values({
      id: key.id,
      account: key.account,
      region: key.region,
      manager: key.manager,
      spec: key.spec,
      usage: key.usage,
      description: key.description,
      policy: key.policy ?? null,
      state: key.state,
      origin: key.origin,
      currentVersion: key.version,
      createdAt: key.createdAt.getTime(),
      deletionAt: null,
      pendingDays: null,
      rotationDays: key.rotation?.days ?? null,
      rotationAt: key.rotation?.next.getTime() ?? null,
    })
    .execute();
  if (material && materialId !== undefined) {
    await insertMaterial(tx, { ...material, keyId, version, materialId, createdAt: key.createdAt });
  }
}

/** A version of a key's material. */
export interface NewVersion {
  readonly keyId: KeyId;
  readonly version: number;
  readonly materialId: string;
  /** Undefined until it is imported. */
  readonly sealed: Uint8Array | undefined;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array | undefined;
  readonly createdAt: Date;
  readonly rotation?: RotationType | undefined;
  /** When it was put in force, where that is not when it was made. */
  readonly rotatedAt?: Date | undefined;
  readonly description?: string | undefined;
}

/** Stores a version of a key's material; without `sealed` it is only known what it is, until it is imported. */
export async function insertMaterial(tx: Tx, material: NewVersion): Promise<void> {
  const { keyId, version, materialId, createdAt } = material;
  await tx
    .insertInto("masterKeyMaterials")
    .values({
      keyId,
      version,
      materialId,
      sealed: material.sealed ?? null,
      publicKey: material.publicKey ?? null,
      rotation: material.rotation ?? null,
      createdAt: createdAt.getTime(),
      rotatedAt: material.rotatedAt?.getTime() ?? null,
      description: material.description ?? null,
      validTo: null,
    })
    .execute();
}

/** A key with the material that encrypts, still sealed, where it is there. */
export async function findMasterKey(db: Db, id: KeyId): Promise<SealedKey | undefined> {
  const [row] = await masterKeyById(db, id);
  return row && masterKey(row);
}

const masterKeyById = prepared((db, id: KeyId) =>
  db
    .selectFrom("masterKeys as key")
    .leftJoin("masterKeyMaterials as material", (join) =>
      join.onRef("material.keyId", "=", "key.id").onRef("material.version", "=", "key.currentVersion"),
    )
    .select(["key.id", "key.account", "key.region", "key.manager", "key.description", "key.state", "key.createdAt"])
    .select(["key.currentVersion", "key.deletionAt", "key.pendingDays", "key.spec", "key.usage"])
    .select(["key.origin", "key.rotationDays", "key.rotationAt", "key.policy"])
    .select(["material.materialId", "material.sealed", "material.publicKey", "material.validTo"])
    .where("key.id", "=", id),
);

/**
 * Keeps everybody else from changing or destroying a key until this transaction ends: whoever adds what belongs to a
 * customer's key (grants, aliases, tags) holds it first. False when there is no such key.
 */
export async function holdMasterKey(tx: Tx, id: KeyId): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("masterKeys")
    .set((own) => ({ state: own.ref("state") }))
    .where("id", "=", id)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Any version of a key's material, still sealed, where it is there. */
export async function findKeyMaterial(
  db: Db,
  keyId: KeyId,
  version: number,
): Promise<Pick<SealedKey, "materialId" | "sealed" | "validTo"> | undefined> {
  const row = await db
    .selectFrom("masterKeyMaterials")
    .select(["materialId", "sealed", "validTo"])
    .where("keyId", "=", keyId)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && { materialId: row.materialId, sealed: row.sealed ?? undefined, validTo: date(row.validTo) };
}

/** All that was ever stored of a key's materials, oldest first; one more for each of its rotations. */
export async function allMaterials(db: Db, keyId: KeyId): Promise<NewVersion[]> {
  const rows = await db
    .selectFrom("masterKeyMaterials")
    .select(["version", "materialId", "sealed", "publicKey", "createdAt", "rotation", "rotatedAt", "description"])
    .where("keyId", "=", keyId)
    .orderBy("version")
    .execute();
  return rows.map((row) => ({
    keyId,
    version: row.version,
    materialId: row.materialId,
    sealed: row.sealed ?? undefined,
    publicKey: row.publicKey ?? undefined,
    createdAt: new Date(row.createdAt),
    rotation: row.rotation ?? undefined,
    rotatedAt: date(row.rotatedAt),
    description: row.description ?? undefined,
  }));
}

/** One page of the keys of an account in a region, by id; `after` is the last of the page before, or empty. */
export function listMasterKeyIds(db: Db, owner: Owner, after: string, limit: number): Promise<{ id: string }[]> {
  return db
    .selectFrom("masterKeys")
    .select("id")
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Moves a key from one state to another. False when it is not in `from` any more: look again. */
export async function setKeyState(
  tx: Tx,
  id: KeyId,
  change: {
    readonly from: KeyState;
    readonly to: KeyState;
    readonly deletion?: { readonly at: Date | undefined; readonly pendingDays: number };
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("masterKeys")
    .set({
      state: change.to,
      deletionAt: change.deletion?.at?.getTime() ?? null,
      pendingDays: change.deletion?.pendingDays ?? null,
    })
    .where("id", "=", id)
    .where("state", "=", change.from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function setKeyDescription(tx: Tx, id: KeyId, description: string): Promise<void> {
  await tx.updateTable("masterKeys").set({ description }).where("id", "=", id).execute();
}

/** Gives a key a policy of its own. */
export async function setKeyPolicy(tx: Tx, id: KeyId, policy: string): Promise<void> {
  await tx.updateTable("masterKeys").set({ policy }).where("id", "=", id).execute();
}

/**
 * Removes a key whose time has come, and all that hangs on it. False when it is not, or no longer, pending deletion at
 * `now`.
 */
export async function deleteMasterKey(tx: Tx, id: KeyId, now: Date): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("masterKeys")
    .where("id", "=", id)
    .where("state", "=", "PendingDeletion")
    .where("deletionAt", "<=", now.getTime())
    .executeTakeFirst();
  if (numDeletedRows !== 1n) return false;
  await tx.deleteFrom("masterKeyMaterials").where("keyId", "=", id).execute();
  await tx.deleteFrom("grants").where("keyId", "=", id).execute();
  await tx.deleteFrom("keyAliases").where("keyId", "=", id).execute();
  await tx.deleteFrom("keyTags").where("keyId", "=", id).execute();
  await tx.deleteFrom("wrappingKeys").where("keyId", "=", id).execute();
  return true;
}

type Row = Selectable<KeyTables["masterKeys"]> & {
  readonly materialId: string | null;
  readonly sealed: Uint8Array | null;
  readonly publicKey: Uint8Array | null;
  readonly validTo: number | null;
};

function masterKey(row: Row): SealedKey {
  return {
    id: row.id as KeyId,
    account: row.account as AccountId,
    region: row.region as Region,
    manager: row.manager,
    spec: row.spec as KeySpec,
    usage: row.usage as KeyUsage,
    description: row.description,
    policy: row.policy ?? undefined,
    state: row.state,
    origin: row.origin,
    version: row.currentVersion,
    materialId: row.materialId ?? undefined,
    present: row.sealed !== null,
    validTo: date(row.validTo),
    createdAt: new Date(row.createdAt),
    deletionAt: date(row.deletionAt),
    pendingDays: row.pendingDays ?? undefined,
    rotation: rotationOf(row),
    sealed: row.sealed ?? undefined,
    publicKey: row.publicKey ?? undefined,
  };
}

function rotationOf({ rotationDays, rotationAt }: Row): Rotation | undefined {
  if (rotationDays === null || rotationAt === null) return undefined;
  return { days: rotationDays, next: new Date(rotationAt) };
}

function date(time: number | null): Date | undefined {
  return time === null ? undefined : new Date(time);
}
