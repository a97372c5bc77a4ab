import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import type { TrustStore, TrustStoreRevocation } from "#domain/balancers/trust-store.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

/** Whether the trust store is now there; false when its name is another's. */
export async function insertTrustStore(tx: Tx, store: TrustStore, bundle: Uint8Array): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("trustStores")
    .values({ ...store, nextRevocation: 1, bundle })
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findTrustStore(db: Db, arn: TrustStoreArn): Promise<TrustStore | undefined> {
  const row = await db.selectFrom("trustStores").select(COLUMNS).where("arn", "=", arn).executeTakeFirst();
  return row && trustStore(row);
}

export async function findTrustStoreByName(db: Db, owner: Owner, name: string): Promise<TrustStore | undefined> {
  const row = await db
    .selectFrom("trustStores")
    .select(COLUMNS)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", "=", name)
    .executeTakeFirst();
  return row && trustStore(row);
}

/** The trust stores of an owner in the order of their names, those after `after`. */
export async function listTrustStores(
  db: Db,
  owner: Owner,
  after: string | undefined,
  limit: number,
): Promise<TrustStore[]> {
  const rows = await db
    .selectFrom("trustStores")
    .select(COLUMNS)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", ">", after ?? "")
    .orderBy("name")
    .limit(limit)
    .execute();
  return rows.map(trustStore);
}

/**
 * Counts a change of a trust store's contents, and holds it to the end of the transaction, also against listeners that
 * begin to name it. Shows it as it is then; undefined when there is none.
 */
export async function changeTrustStore(tx: Tx, arn: TrustStoreArn): Promise<TrustStore | undefined> {
  const row = await tx
    .updateTable("trustStores")
    .set((store) => ({ version: store("version", "+", 1) }))
    .where("arn", "=", arn)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && trustStore(row);
}

/** Holds a trust store to the end of the transaction without changing it; undefined when there is none. */
export async function holdTrustStore(tx: Tx, arn: TrustStoreArn): Promise<TrustStore | undefined> {
  const row = await tx
    .updateTable("trustStores")
    .set((store) => ({ version: store.ref("version") }))
    .where("arn", "=", arn)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && trustStore(row);
}

export async function setBundle(tx: Tx, arn: TrustStoreArn, bundle: Uint8Array, certificates: number): Promise<void> {
  await tx.updateTable("trustStores").set({ bundle, certificates }).where("arn", "=", arn).execute();
}

/** The CA certificates of a trust store, PEM. */
export async function readBundle(db: Db, arn: TrustStoreArn): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("trustStores").select("bundle").where("arn", "=", arn).executeTakeFirst();
  return row?.bundle;
}

/** Removes a trust store with its revocation lists. */
export async function removeTrustStore(tx: Tx, arn: TrustStoreArn): Promise<void> {
  await tx.deleteFrom("trustStores").where("arn", "=", arn).execute();
}

/** Adds a revocation list (DER) to a held trust store, under the next id. */
export async function insertRevocation(
  tx: Tx,
  arn: TrustStoreArn,
  { content, entries }: { readonly content: Uint8Array; readonly entries: number },
): Promise<TrustStoreRevocation> {
  const { nextRevocation } = await tx
    .updateTable("trustStores")
    .set((store) => ({
      nextRevocation: store("nextRevocation", "+", 1),
      revokedEntries: store("revokedEntries", "+", entries),
    }))
    .where("arn", "=", arn)
    .returning("nextRevocation")
    .executeTakeFirstOrThrow();
  const id = nextRevocation - 1;
  await tx
    .insertInto("trustStoreRevocations")
    .values({ trustStoreArn: arn, id, entries, size: content.length, content })
    .execute();
  return { id, entries };
}

/** Removes a revocation list of a held trust store; false when there is none of that id. */
export async function removeRevocation(tx: Tx, arn: TrustStoreArn, id: number): Promise<boolean> {
  const row = await tx
    .deleteFrom("trustStoreRevocations")
    .where("trustStoreArn", "=", arn)
    .where("id", "=", id)
    .returning("entries")
    .executeTakeFirst();
  if (!row) return false;
  await tx
    .updateTable("trustStores")
    .set((store) => ({ revokedEntries: store("revokedEntries", "-", row.entries) }))
    .where("arn", "=", arn)
    .execute();
  return true;
}

/** The revocation lists of a trust store by id, those after `after`, without their contents. */
export async function listRevocations(
  db: Db,
  arn: TrustStoreArn,
  after: number,
  limit: number,
): Promise<(TrustStoreRevocation & { readonly size: number })[]> {
  return await db
    .selectFrom("trustStoreRevocations")
    .select(["id", "entries", "size"])
    .where("trustStoreArn", "=", arn)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** One revocation list, DER; undefined when there is none of that id. */
export async function readRevocation(db: Db, arn: TrustStoreArn, id: number): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("trustStoreRevocations")
    .select("content")
    .where("trustStoreArn", "=", arn)
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.content;
}

const COLUMNS = ["arn", "account", "region", "name", "version", "certificates", "revokedEntries"] as const;

interface Row {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly version: number;
  readonly certificates: number;
  readonly revokedEntries: number;
}

function trustStore(row: Row): TrustStore {
  return {
    ...row,
    arn: row.arn as TrustStoreArn,
    account: row.account as AccountId,
    region: row.region as Region,
  };
}
