import { sql } from "kysely";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** One part of an issuer's CRL: shard 0 is of CA certificates, the others of leafs. */
export interface CrlShard {
  readonly issuerId: string;
  readonly shard: number;
}

/** A CRL as it stands; number 0 and nulls before the first. */
export interface CrlRow {
  readonly number: number;
  readonly crl: Uint8Array | null;
  readonly thisUpdate: EpochMillis | null;
  readonly nextUpdate: EpochMillis | null;
}

/** The next place in the count of leafs: 1, 2, 3 …, without waiting for anybody; some may never be used. */
export async function takeCrlPlace(tx: Tx): Promise<number> {
  const [row] = await addPlace(tx);
  if (!row) throw new Error("the database gave no place");
  // The count outlives its rows.
  if (row.place % FORGOTTEN_AT_ONCE === 0) await tx.deleteFrom("caCrlPlaces").where("place", "<", row.place).execute();
  return row.place;
}

const addPlace = prepared((db) => db.insertInto("caCrlPlaces").defaultValues().returning("place"));

export async function findCrl(db: Db, { issuerId, shard }: CrlShard): Promise<CrlRow | undefined> {
  const [row] = await crlOf(db, issuerId, shard);
  return row;
}

const crlOf = prepared((db, issuerId: string, shard: number) =>
  db
    .selectFrom("caCrls")
    .select(["number", "crl", "thisUpdate", "nextUpdate"])
    .where("issuerId", "=", issuerId)
    .where("shard", "=", shard),
);

/** Begins a shard's CRL, unless it was begun before. */
export async function beginCrl(db: Db, { issuerId, shard }: CrlShard): Promise<void> {
  await db
    .insertInto("caCrls")
    .values({ issuerId, shard, number: 0 })
    .onConflict((conflict) => conflict.columns(["issuerId", "shard"]).doNothing())
    .execute();
}

/** Publishes the CRL that follows number `after`. False when another node published one meanwhile. */
export async function replaceCrl(
  tx: Tx,
  { issuerId, shard }: CrlShard,
  after: number,
  next: {
    readonly crl: Uint8Array;
    readonly thisUpdate: EpochMillis;
    readonly nextUpdate: EpochMillis;
    /** Null where all certificates of the shard have ended. */
    readonly refreshAt: EpochMillis | null;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("caCrls")
    .set({ ...next, number: after + 1 })
    .where("issuerId", "=", issuerId)
    .where("shard", "=", shard)
    .where("number", "=", after)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Shards with revocations that no CRL lists yet. */
export function listUnlisted(db: Db, limit: number): Promise<CrlShard[]> {
  return db
    .selectFrom("caRevocations")
    .select(["issuerId", "shard"])
    .distinct()
    .where("listedIn", "is", null)
    .orderBy("issuerId")
    .orderBy("shard")
    .limit(limit)
    .execute();
}

/** Shards whose CRL is to be made anew, however little happened; the most urgent first. */
export function listDueCrls(db: Db, now: EpochMillis, limit: number): Promise<CrlShard[]> {
  return db
    .selectFrom("caCrls")
    .select(["issuerId", "shard"])
    .where("refreshAt", "<=", now)
    .orderBy("refreshAt")
    .limit(limit)
    .execute();
}

/** When the next CRL is due; undefined when none will be. */
export async function nextCrlRefresh(db: Db): Promise<EpochMillis | undefined> {
  const row = await db
    .selectFrom("caCrls")
    .select("refreshAt")
    .where("refreshAt", "is not", null)
    .orderBy("refreshAt")
    .limit(1)
    .executeTakeFirst();
  return row?.refreshAt ?? undefined;
}

/** When the last certificate of a shard ends, signed or not; undefined when it has none. */
export async function findShardEnd(db: Db, { issuerId, shard }: CrlShard): Promise<EpochMillis | undefined> {
  const row = await db
    .selectFrom("caIssuances")
    .select("notAfter")
    .where("issuerId", "=", issuerId)
    .where("shard", "=", shard)
    .orderBy("notAfter", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.notAfter;
}

/** The shards of an issuer with certificates that end after `now`: one look into an index for each shard there ever was. */
export async function listLiveShards(db: Db, issuerId: string, now: EpochMillis): Promise<number[]> {
  const { rows } = await sql<{ shard: number }>`
    with recursive shards (shard) as (
      select (select shard from ca_issuances where issuer_id = ${issuerId} order by shard limit 1)
      union all
      select (select i.shard from ca_issuances i where i.issuer_id = ${issuerId} and i.shard > s.shard
              order by i.shard limit 1)
      from shards s where s.shard is not null)
    select s.shard from shards s where s.shard is not null and exists (
      select 1 from ca_issuances i where i.issuer_id = ${issuerId} and i.shard = s.shard and i.not_after > ${now})
    order by s.shard`.execute(db);
  return rows.map(({ shard }) => shard);
}

const FORGOTTEN_AT_ONCE = 1_000;
