import type { LeafRecord } from "#domain/evidence/leaf.ts";
import type { Tile } from "#lib/merkle/tiles.ts";
import { insertLookups, RECORD_COLUMNS } from "./audit-lookups.ts";
import { prepared } from "./prepared.ts";
import type { Db, Store } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** How far the tree has grown, and its newest signed head, which is of exactly that size. */
export interface TreeState {
  readonly size: number;
  readonly signedAt: EpochMillis | undefined;
  readonly checkpoint: string | undefined;
}

/** A signed head. */
export interface SignedHead {
  readonly size: number;
  readonly signedAt: EpochMillis;
  readonly checkpoint: string;
}

/** The tree as it is now. */
export async function findTree(db: Db): Promise<TreeState> {
  const [row] = await tree(db);
  if (!row) throw new Error("the journal has lost its tree");
  return { size: row.size, signedAt: row.signedAt ?? undefined, checkpoint: row.checkpoint ?? undefined };
}

const tree = prepared((db) =>
  db.selectFrom("auditTrees").select(["size", "signedAt", "checkpoint"]).where("id", "=", 1),
);

/** The records that wait for a place in the tree, oldest first. */
export async function pendingRecords(db: Db, limit: number): Promise<readonly LeafRecord[]> {
  return await pending(db, limit);
}

const pending = prepared((db, limit: number) =>
  db
    .selectFrom("auditPending")
    .innerJoin("auditRecords", "auditRecords.id", "auditPending.recordId")
    .select(RECORD_COLUMNS)
    .orderBy("auditPending.recordId")
    .limit(limit),
);

/** What is added to the tree in one transaction. */
export interface Growth {
  /** The size that the tree must have; it is not touched when it has another. */
  readonly from: number;
  readonly records: readonly LeafRecord[];
  readonly tiles: readonly Tile[];
  readonly head: SignedHead;
  /** Whether the head is kept for ever. */
  readonly keep: boolean;
}

/** Adds leaves, tiles and head. False, and nothing is changed, when another node made the tree grow meanwhile. */
export async function growTree(store: Store, { from, records, tiles, head, keep }: Growth): Promise<boolean> {
  return await store.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable("auditTrees")
      .set({ size: head.size, signedAt: head.signedAt, checkpoint: head.checkpoint })
      .where("id", "=", 1)
      .where("size", "=", from)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== 1n) return false;
    await tx
      .insertInto("auditLeaves")
      .values(records.map(({ id }, index) => ({ leafIndex: from + index, recordId: id })))
      .execute();
    const ids = records.map(({ id }) => id);
    await tx.deleteFrom("auditPending").where("recordId", "in", ids).execute();
    await insertLookups(tx, records);
    await tx
      .insertInto("auditTiles")
      .values(tiles.map(({ level, number, hashes }) => ({ level, number, hashes })))
      .onConflict((conflict) =>
        conflict.columns(["level", "number"]).doUpdateSet((row) => ({ hashes: row.ref("excluded.hashes") })),
      )
      .execute();
    if (keep) await insertHead(tx, head);
    return true;
  });
}

/** Keeps a head. */
export async function insertHead(db: Db, { size, signedAt, checkpoint }: SignedHead): Promise<void> {
  await db
    .insertInto("auditCheckpoints")
    .values({ size, signedAt, checkpoint })
    .onConflict((conflict) => conflict.column("size").doNothing())
    .execute();
}

/** The newest head that is kept. */
export async function lastKeptHead(db: Db): Promise<SignedHead | undefined> {
  return await db
    .selectFrom("auditCheckpoints")
    .select(["size", "signedAt", "checkpoint"])
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Kept heads of more than `size` leaves, in order. */
export async function keptHeadsAfter(db: Db, size: number, limit: number): Promise<readonly SignedHead[]> {
  return await db
    .selectFrom("auditCheckpoints")
    .select(["size", "signedAt", "checkpoint"])
    .where("size", ">", size)
    .orderBy("size")
    .limit(limit)
    .execute();
}

/** The hashes of a tile, as many as it has; undefined where there is none. */
export async function findTile(db: Db, level: number, number: number): Promise<Uint8Array | undefined> {
  const [row] = await tileOf(db, level, number);
  return row?.hashes;
}

const tileOf = prepared((db, level: number, number: number) =>
  db.selectFrom("auditTiles").select("hashes").where("level", "=", level).where("number", "=", number),
);

/** The tiles of a level from one number on, in order. */
export async function tilesFrom(
  db: Db,
  level: number,
  from: number,
  limit: number,
): Promise<readonly { readonly number: number; readonly hashes: Uint8Array }[]> {
  return await db
    .selectFrom("auditTiles")
    .select(["number", "hashes"])
    .where("level", "=", level)
    .where("number", ">=", from)
    .orderBy("number")
    .limit(limit)
    .execute();
}

/** Who signs the heads, its private key sealed. */
export interface StoredSigner {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly sealedKey: Uint8Array;
}

/** The signer; undefined before the first start. */
export async function findSigner(db: Db): Promise<StoredSigner | undefined> {
  return await db
    .selectFrom("auditSigners")
    .select(["name", "publicKey", "sealedKey"])
    .where("id", "=", 1)
    .executeTakeFirst();
}

/** Keeps the signer, unless another node kept one a moment before, which then stays: false. */
export async function insertSigner(db: Db, signer: StoredSigner, createdAt: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("auditSigners")
    .values({ id: 1, ...signer, createdAt: createdAt.getTime() })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
