import type { Insertable, Selectable } from "kysely";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { CaTables } from "./tables/ca.ts";

export type IssuerRow = Selectable<CaTables["caIssuers"]>;
export type NewIssuer = Insertable<CaTables["caIssuers"]>;
export type ResponderRow = Selectable<CaTables["caResponders"]>;
export type NewResponder = Insertable<CaTables["caResponders"]>;

/** Adds an issuer. False when an issuer of this id stands already. */
export async function insertIssuer(tx: Tx, issuer: NewIssuer): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caIssuers")
    .values(issuer)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findIssuer(db: Db, id: string): Promise<IssuerRow | undefined> {
  const [row] = await issuerOf(db, id);
  return row;
}

const issuerOf = prepared((db, id: string) => db.selectFrom("caIssuers").select(ISSUER_COLUMNS).where("id", "=", id));

/** All of them, few as they are. */
export function listIssuers(db: Db): Promise<IssuerRow[]> {
  return db.selectFrom("caIssuers").select(ISSUER_COLUMNS).orderBy("id").execute();
}

/** How many there are. */
export async function countIssuers(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom("caIssuers")
    .select(({ fn }) => fn.countAll<number | bigint | string>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The newest responder of an issuer. */
export async function findResponder(db: Db, issuerId: string): Promise<ResponderRow | undefined> {
  return await db
    .selectFrom("caResponders")
    .select(["issuerId", "number", "serial", "certificate", "sealedKey", "notBefore", "notAfter"])
    .where("issuerId", "=", issuerId)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Adds a responder; false when another node added one of this number a moment before, which then stays. */
export async function insertResponder(db: Db, responder: NewResponder): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("caResponders")
    .values(responder)
    .onConflict((conflict) => conflict.columns(["issuerId", "number"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Deletes the responders of an issuer before this number, with their keys. Answers their numbers. */
export async function deleteRespondersBefore(tx: Tx, issuerId: string, number: number): Promise<readonly number[]> {
  const rows = await tx
    .deleteFrom("caResponders")
    .where("issuerId", "=", issuerId)
    .where("number", "<", number)
    .returning("number")
    .execute();
  return rows.map((row) => row.number);
}

export const ISSUER_COLUMNS = [
  "id",
  "parentId",
  "serial",
  "certificate",
  "sealedKey",
  "notBefore",
  "notAfter",
  "hierarchy",
  "family",
  "state",
  "activeFrom",
  "keyState",
] as const;
