import type { WrappingAlgorithm } from "#domain/keys/import.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Db, Tx } from "./store.ts";

/** The key pair under which material is wrapped on its way here. */
export interface WrappingKey {
  /** The digest of the import token. */
  readonly id: string;
  readonly keyId: KeyId;
  readonly algorithm: WrappingAlgorithm;
  /** The private half (PKCS#8), sealed by the root of custody. */
  readonly sealed: Uint8Array;
  readonly validTo: Date;
}

export async function insertWrappingKey(tx: Tx, { validTo, ...key }: WrappingKey): Promise<void> {
  await tx
    .insertInto("wrappingKeys")
    .values({ ...key, validTo: validTo.getTime() })
    .execute();
}

export async function findWrappingKey(db: Db, id: string): Promise<WrappingKey | undefined> {
  const row = await db
    .selectFrom("wrappingKeys")
    .select(["id", "keyId", "algorithm", "sealed", "validTo"])
    .where("id", "=", id)
    .executeTakeFirst();
  return (
    row && {
      ...row,
      keyId: row.keyId as KeyId,
      algorithm: row.algorithm as WrappingAlgorithm,
      validTo: new Date(row.validTo),
    }
  );
}

/** How many wrapping keys a key has that are not over at `now`, counted up to `enough`. */
export async function countWrappingKeys(db: Db, keyId: KeyId, now: Date, enough: number): Promise<number> {
  const rows = await db
    .selectFrom("wrappingKeys")
    .select("id")
    .where("keyId", "=", keyId)
    .where("validTo", ">", now.getTime())
    .limit(enough)
    .execute();
  return rows.length;
}

/** Answers whose it was; undefined when it is gone. */
export async function deleteWrappingKey(tx: Tx, id: string): Promise<KeyId | undefined> {
  const row = await tx.deleteFrom("wrappingKeys").where("id", "=", id).returning("keyId").executeTakeFirst();
  return row?.keyId as KeyId | undefined;
}
