import { type Selectable, sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { DomainName } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { AcmeTables } from "./tables/acme.ts";
import type { EpochMillis } from "./tables/types.ts";

type Row = Selectable<AcmeTables["acmeOrders"]>;

export interface NewAcmeOrder
  extends Pick<Row, "id" | "accountId" | "createdAt" | "expiresAt" | "notBefore" | "notAfter" | "replaces"> {
  readonly identifiers: readonly DomainName[];
}

export interface AcmeOrder
  extends NewAcmeOrder,
    Pick<Row, "status" | "certificateArn" | "generation" | "keyAlgorithm"> {
  /** The places of identifiers whose authorizations the client gave up. */
  readonly deactivated: readonly number[];
  /** The problem document of an invalid order. */
  readonly error: object | undefined;
  /** In the order of the certificate; empty until the order is finalized. */
  readonly names: readonly DomainName[];
  readonly subjectPublicKeyInfo: Uint8Array | null;
}

/** Writes an order that is ready: all its authorizations are valid. */
export async function insertAcmeOrder(db: Db, { identifiers, ...order }: NewAcmeOrder): Promise<void> {
  const { id, accountId, createdAt, expiresAt, notBefore, notAfter, replaces } = order;
  await insertOrder(
    db,
    id,
    accountId,
    createdAt,
    expiresAt,
    JSON.stringify(identifiers),
    notBefore,
    notAfter,
    replaces,
  );
}

const insertOrder = prepared(
  (
    db,
    id: string,
    accountId: string,
    createdAt: EpochMillis,
    expiresAt: EpochMillis,
    identifiers: string,
    notBefore: EpochMillis | null,
    notAfter: EpochMillis | null,
    replaces: string | null,
  ) =>
    db
      .insertInto("acmeOrders")
      .values({ id, accountId, createdAt, expiresAt, status: "ready", identifiers, notBefore, notAfter, replaces }),
);

export async function findAcmeOrder(db: Db, id: string): Promise<AcmeOrder | undefined> {
  const [row] = await orderOf(db, id);
  return row && order(row);
}

const orderOf = prepared((db, id: string) => db.selectFrom("acmeOrders").select(COLUMNS).where("id", "=", id));

/** An account's orders by creation, `limit` of their ids, behind a place; without those that came to nothing. */
export async function pageAcmeOrders(
  db: Db,
  accountId: string,
  after: { readonly createdAt: EpochMillis; readonly id: string },
  limit: number,
): Promise<readonly Pick<Row, "id" | "createdAt">[]> {
  return await db
    .selectFrom("acmeOrders")
    .select(["id", "createdAt"])
    .where("accountId", "=", accountId)
    .where("status", "<>", "invalid")
    .where((row) => row(row.refTuple("createdAt", "id"), ">", row.tuple(after.createdAt, after.id)))
    .orderBy("createdAt")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** What finalizing an order decides. */
export interface Finalized {
  readonly certificateArn: CertificateArn;
  readonly generation: number;
  readonly names: readonly DomainName[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly subjectPublicKeyInfo: Uint8Array;
}

/**
 * Moves an order from `ready` to `processing`; false when somebody did so before, it is not ready any more, or its
 * account or endpoint has ended meanwhile.
 */
export async function beginAcmeOrder(
  tx: Tx,
  id: string,
  { certificateArn, generation, names, keyAlgorithm, subjectPublicKeyInfo }: Finalized,
): Promise<boolean> {
  const rows = await beginOrder(
    tx,
    id,
    certificateArn,
    generation,
    JSON.stringify(names),
    keyAlgorithm,
    subjectPublicKeyInfo,
  );
  return rows.length > 0;
}

const beginOrder = prepared(
  (
    db,
    id: string,
    certificateArn: CertificateArn,
    generation: number,
    names: string,
    keyAlgorithm: KeyAlgorithm,
    subjectPublicKeyInfo: Uint8Array,
  ) =>
    db
      .updateTable("acmeOrders")
      .set({ status: "processing", certificateArn, generation, names, keyAlgorithm, subjectPublicKeyInfo })
      .where("id", "=", id)
      .where("status", "=", "ready")
      .where((order) =>
        order.exists(
          order
            .selectFrom("acmeAccounts")
            .innerJoin("acmeEndpoints", "acmeEndpoints.arn", "acmeAccounts.endpointArn")
            .select("acmeAccounts.id")
            .whereRef("acmeAccounts.id", "=", "acmeOrders.accountId")
            .where("acmeAccounts.status", "=", "VALID")
            .where("acmeEndpoints.status", "=", "ACTIVE"),
        ),
      )
      .returning("id"),
);

/** Moves an order from `processing` to `valid`; false when somebody did so before. */
export async function finishAcmeOrder(tx: Tx, id: string): Promise<boolean> {
  return (await finishOrder(tx, id)).length > 0;
}

const finishOrder = prepared((db, id: string) =>
  db
    .updateTable("acmeOrders")
    .set({ status: "valid" })
    .where("id", "=", id)
    .where("status", "=", "processing")
    .returning("id"),
);

/** Ends an order that is not valid yet, with the reason as a problem document; false when it is too late. */
export async function failAcmeOrder(
  tx: Tx,
  id: string,
  from: "ready" | "processing",
  error: object,
  deactivated: readonly number[] = [],
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeOrders")
    .set({ status: "invalid", error: JSON.stringify(error), deactivated: JSON.stringify(deactivated) })
    .where("id", "=", id)
    .where("status", "=", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets up to `limit` orders of an account that came to nothing before `before`: not finalized in time, or refused. */
export async function forgetStaleOrders(db: Db, accountId: string, before: EpochMillis, limit: number): Promise<void> {
  const [ready, invalid] = [
    await staleOrders(db, accountId, before, limit),
    await failedOrders(db, accountId, before, limit),
  ];
  const stale = [...ready, ...invalid].map(({ id }) => id);
  if (stale.length === 0) return;
  await db.deleteFrom("acmeOrders").where("id", "in", stale).where("status", "in", ["ready", "invalid"]).execute();
}

const staleOrders = prepared(endedOrders("ready"));
const failedOrders = prepared(endedOrders("invalid"));

function endedOrders(status: "ready" | "invalid") {
  return (db: Db, accountId: string, before: EpochMillis, limit: number) =>
    db
      .selectFrom("acmeOrders")
      .select("id")
      .where("accountId", "=", accountId)
      .where("status", "=", sql.lit(status)) // a literal: an index holds these only
      .where("expiresAt", "<", before)
      .limit(limit);
}

/** Whether an order that was finalized replaces this certificate already (RFC 9773 section 5). */
export async function isReplaced(db: Db, ariId: string): Promise<boolean> {
  const row = await db
    .selectFrom("acmeOrders")
    .select("id")
    .where("replaces", "=", ariId)
    .where("status", "in", ["processing", "valid"])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

const COLUMNS = [
  "id",
  "accountId",
  "createdAt",
  "expiresAt",
  "status",
  "identifiers",
  "notBefore",
  "notAfter",
  "replaces",
  "deactivated",
  "error",
  "certificateArn",
  "generation",
  "names",
  "keyAlgorithm",
  "subjectPublicKeyInfo",
] as const;

function order({ identifiers, deactivated, error, names, ...row }: Pick<Row, (typeof COLUMNS)[number]>): AcmeOrder {
  return {
    ...row,
    identifiers: JSON.parse(identifiers) as readonly DomainName[],
    deactivated: deactivated === null ? [] : (JSON.parse(deactivated) as readonly number[]),
    error: error === null ? undefined : (JSON.parse(error) as object),
    names: names === null ? [] : (JSON.parse(names) as readonly DomainName[]),
  };
}
