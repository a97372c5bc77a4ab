import type { Selectable } from "kysely";
import type { KeyState } from "#domain/keys/key-operations.ts";
import type { KeySpec, KeyUsage } from "#domain/keys/key-specs.ts";
import type { MasterKey, SealedKey } from "#domain/keys/master-key.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Rotation } from "#domain/keys/rotation.ts";
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

/** Stores a new key with the first version of its material. */
export async function insertMasterKey(tx: Tx, key: MasterKey, { sealed, publicKey }: NewMaterial): Promise<void> {
  const createdAt = key.createdAt.getTime();
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
      currentVersion: key.version,
      createdAt,
      deletionAt: null,
      pendingDays: null,
      rotationDays: null,
      rotationAt: null,
    })
    .execute();
  await tx
    .insertInto("masterKeyMaterials")
    .values({
      keyId: key.id,
      version: key.version,
      materialId: key.materialId,
      sealed,
      publicKey: publicKey ?? null,
      rotation: null,
      createdAt,
    })
    .execute();
}

/** A key with the material that encrypts, still sealed. */
export async function findMasterKey(db: Db, id: KeyId): Promise<SealedKey | undefined> {
  const [row] = await masterKeyById(db, id);
  return row && masterKey(row);
}

const masterKeyById = prepared((db, id: KeyId) =>
  db
    .selectFrom("masterKeys as key")
    .innerJoin("masterKeyMaterials as material", (join) =>
      join.onRef("material.keyId", "=", "key.id").onRef("material.version", "=", "key.currentVersion"),
    )
    .select(["key.id", "key.account", "key.region", "key.manager", "key.description", "key.state", "key.createdAt"])
    .select(["key.currentVersion", "key.deletionAt", "key.pendingDays", "key.spec", "key.usage"])
    .select(["key.rotationDays", "key.rotationAt", "key.policy"])
    .select(["material.materialId", "material.sealed", "material.publicKey"])
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

/** Any version of a key's material, still sealed. */
export async function findKeyMaterial(
  db: Db,
  keyId: KeyId,
  version: number,
): Promise<Pick<SealedKey, "materialId" | "sealed"> | undefined> {
  return await db
    .selectFrom("masterKeyMaterials")
    .select(["materialId", "sealed"])
    .where("keyId", "=", keyId)
    .where("version", "=", version)
    .executeTakeFirst();
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
    readonly deletion?: { readonly at: Date; readonly pendingDays: number };
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("masterKeys")
    .set({
      state: change.to,
      deletionAt: change.deletion?.at.getTime() ?? null,
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
  return true;
}

type Row = Selectable<KeyTables["masterKeys"]> &
  Pick<Selectable<KeyTables["masterKeyMaterials"]>, "materialId" | "sealed" | "publicKey">;

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
    version: row.currentVersion,
    materialId: row.materialId,
    createdAt: new Date(row.createdAt),
    deletionAt: row.deletionAt === null ? undefined : new Date(row.deletionAt),
    pendingDays: row.pendingDays ?? undefined,
    rotation: rotationOf(row),
    sealed: row.sealed,
    publicKey: row.publicKey ?? undefined,
  };
}

function rotationOf({ rotationDays, rotationAt }: Row): Rotation | undefined {
  if (rotationDays === null || rotationAt === null) return undefined;
  return { days: rotationDays, next: new Date(rotationAt) };
}
