import type { Insertable, Selectable, Updateable } from "kysely";
import type { Owner } from "#domain/names.ts";
import type { CaStatus } from "#domain/private-ca/status.ts";
import type { Db, Tx } from "./store.ts";
import type { PrivateCaTables } from "./tables/private-ca.ts";
import type { EpochMillis } from "./tables/types.ts";

type Row = Selectable<PrivateCaTables["privateCas"]>;
export type PrivateCaRow = Pick<Row, (typeof COLUMNS)[number]>;
export type NewPrivateCa = Insertable<PrivateCaTables["privateCas"]>;
export type PrivateCaChange = Updateable<PrivateCaTables["privateCas"]>;

/** Writes a private CA, unless its `requestKey` is taken already: then false, and nothing is written. */
export async function insertPrivateCa(tx: Tx, ca: NewPrivateCa): Promise<boolean> {
  const row = await tx
    .insertInto("privateCas")
    .values(ca)
    .onConflict((conflict) => conflict.column("requestKey").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Frees a request key from CAs created at `before` or earlier, so that it may be used afresh. */
export async function releaseCaRequestKey(tx: Tx, requestKey: string, before: EpochMillis): Promise<void> {
  await tx
    .updateTable("privateCas")
    .set({ requestKey: null })
    .where("requestKey", "=", requestKey)
    .where("createdAt", "<=", before)
    .execute();
}

export async function findCaByRequestKey(db: Db, requestKey: string): Promise<string | undefined> {
  const row = await db.selectFrom("privateCas").select("id").where("requestKey", "=", requestKey).executeTakeFirst();
  return row?.id;
}

export async function findPrivateCa(db: Db, id: string): Promise<PrivateCaRow | undefined> {
  return await db.selectFrom("privateCas").select(COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** Reads a CA and keeps everybody else from changing it until this transaction ends. */
export async function holdPrivateCa(tx: Tx, id: string): Promise<PrivateCaRow | undefined> {
  return await tx
    .updateTable("privateCas")
    .set((own) => ({ changedAt: own.ref("changedAt") }))
    .where("id", "=", id)
    .returning(COLUMNS)
    .executeTakeFirst();
}

/** Changes a CA that is in the state `from`; false means that somebody else changed it meanwhile. */
export async function changePrivateCa(tx: Tx, id: string, from: CaStatus, change: PrivateCaChange): Promise<boolean> {
  const row = await tx
    .updateTable("privateCas")
    .set(change)
    .where("id", "=", id)
    .where("status", "=", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** A place in the list of an account's CAs. */
export interface CaPlace {
  readonly createdAt: EpochMillis;
  readonly id: string;
}

/** One page of the CAs of an owner, oldest first. */
export function pagePrivateCas(
  db: Db,
  { account, region }: Owner,
  { createdAt, id }: CaPlace,
  limit: number,
): Promise<PrivateCaRow[]> {
  return db
    .selectFrom("privateCas")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("region", "=", region)
    .where((row) => row(row.refTuple("createdAt", "id"), ">", row.tuple(createdAt, id)))
    .orderBy("createdAt")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** One page of the CAs of other accounts in a region whose policies name this account, oldest first. */
export function pageSharedCas(
  db: Db,
  { account, region }: Owner,
  { createdAt, id }: CaPlace,
  limit: number,
): Promise<PrivateCaRow[]> {
  return db
    .selectFrom("privateCaShares")
    .innerJoin("privateCas", "privateCas.id", "privateCaShares.caId")
    .select(COLUMNS.map((column) => `privateCas.${column}` as const))
    .where("privateCaShares.account", "=", account)
    .where("privateCas.account", "<>", account)
    .where("privateCas.region", "=", region)
    .where((row) => row(row.refTuple("privateCas.createdAt", "privateCas.id"), ">", row.tuple(createdAt, id)))
    .orderBy("privateCas.createdAt")
    .orderBy("privateCas.id")
    .limit(limit)
    .execute();
}

/** Changes the policy of a CA, and the accounts that it names. Hold the CA first. */
export async function replacePolicy(
  tx: Tx,
  caId: string,
  policy: string | null,
  accounts: readonly string[],
): Promise<void> {
  await tx.updateTable("privateCas").set({ policy }).where("id", "=", caId).execute();
  await tx.deleteFrom("privateCaShares").where("caId", "=", caId).execute();
  if (accounts.length === 0) return;
  await tx
    .insertInto("privateCaShares")
    .values(accounts.map((account) => ({ account, caId })))
    .execute();
}

/** Says by which hashes OCSP may ask for a CA, in place of those before. */
export async function replaceCaHashes(tx: Tx, caId: string, hashes: readonly string[]): Promise<void> {
  await tx.deleteFrom("privateCaHashes").where("caId", "=", caId).execute();
  await tx
    .insertInto("privateCaHashes")
    .values(hashes.map((one) => ({ hashes: one, caId })))
    .onConflict((conflict) => conflict.column("hashes").doUpdateSet({ caId }))
    .execute();
}

/** The CA that OCSP asks for by these hashes. */
export async function findCaByHashes(db: Db, hashes: string): Promise<string | undefined> {
  const row = await db.selectFrom("privateCaHashes").select("caId").where("hashes", "=", hashes).executeTakeFirst();
  return row?.caId;
}

/** Removes a CA with all that belongs to it; what it issued must be gone before. */
export async function deletePrivateCaRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("privateCas").where("id", "=", id).execute();
}

const COLUMNS = [
  "id",
  "account",
  "region",
  "createdAt",
  "changedAt",
  "type",
  "status",
  "deletedFrom",
  "restorableUntil",
  "failureReason",
  "keyAlgorithm",
  "signingAlgorithm",
  "usageMode",
  "keyStorage",
  "subject",
  "csrExtensions",
  "revocation",
  "sealedKey",
  "csr",
  "certificate",
  "chain",
  "serial",
  "notBefore",
  "notAfter",
  "policy",
] as const;
