import type { Insertable, Selectable } from "kysely";
import type { IssuerState } from "#domain/hierarchy/issuer-state.ts";
import type { IssuancePurpose } from "#domain/hierarchy/names.ts";
import { ISSUER_COLUMNS, type IssuerRow } from "./issuers.ts";
import { prepared } from "./prepared.ts";
import type { Revocation } from "./revocations.ts";
import type { Db, Tx } from "./store.ts";
import type { CaTables, KeyState } from "./tables/ca.ts";
import type { EpochMillis } from "./tables/types.ts";

export type HierarchyRow = Selectable<CaTables["caHierarchies"]>;
export type CrossCertificateRow = Selectable<CaTables["caCrossCertificates"]>;
export type IssuerRequestRow = Selectable<CaTables["caIssuerRequests"]>;

/** The hierarchies that sign and may be meant for leafs of this account and purpose: at most three. */
export function listScopes(
  db: Db,
  account: string,
  purpose: IssuancePurpose,
): Promise<Pick<HierarchyRow, "id" | "account" | "purpose">[]> {
  return scopes(db, account, purpose);
}

const scopes = prepared((db, account: string, purpose: IssuancePurpose) =>
  db
    .selectFrom("caHierarchies")
    .select(["id", "account", "purpose"])
    .where("account", "in", ["", account])
    .where("purpose", "in", ["", purpose])
    .where("servingFrom", "is not", null),
);

export function listHierarchies(db: Db): Promise<HierarchyRow[]> {
  return db.selectFrom("caHierarchies").select(HIERARCHY_COLUMNS).orderBy("id").execute();
}

export async function findHierarchy(db: Db, id: string): Promise<HierarchyRow | undefined> {
  return await db.selectFrom("caHierarchies").select(HIERARCHY_COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** False when a hierarchy of this name, or for this account and purpose, stands already. */
export async function insertHierarchy(tx: Tx, hierarchy: Insertable<CaTables["caHierarchies"]>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caHierarchies")
    .values(hierarchy)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** From now on it signs; nothing changes where it does already. */
export async function serveHierarchy(tx: Tx, id: string, from: EpochMillis): Promise<void> {
  await tx
    .updateTable("caHierarchies")
    .set({ servingFrom: from })
    .where("id", "=", id)
    .where("servingFrom", "is", null)
    .execute();
}

/** What `chooseIssuer` looks at: the intermediates of a hierarchy that sign, or will. */
export function listCandidates(
  db: Db,
  hierarchy: string,
): Promise<
  Pick<IssuerRow, "id" | "parentId" | "family" | "state" | "activeFrom" | "notBefore" | "notAfter" | "hierarchy">[]
> {
  return candidates(db, hierarchy);
}

const candidates = prepared((db, hierarchy: string) =>
  db
    .selectFrom("caIssuers")
    .select(["id", "parentId", "family", "state", "activeFrom", "notBefore", "notAfter", "hierarchy"])
    .where("hierarchy", "=", hierarchy)
    .where("state", "in", ["active", "standby"])
    .whereRef("id", "<>", "parentId"),
);

/** The roots of a hierarchy that are trusted, the youngest first; without their keys. */
export function listTrustedRoots(
  db: Db,
  hierarchy: string,
): Promise<Pick<IssuerRow, "id" | "certificate" | "state" | "notBefore" | "notAfter" | "keyState">[]> {
  return trustedRoots(db, hierarchy);
}

const trustedRoots = prepared((db, hierarchy: string) =>
  db
    .selectFrom("caIssuers")
    .select(["id", "certificate", "state", "notBefore", "notAfter", "keyState"])
    .where("hierarchy", "=", hierarchy)
    .where("state", "in", ["active", "standby", "retired"])
    .whereRef("id", "=", "parentId")
    .orderBy("notBefore", "desc")
    .orderBy("id", "desc"),
);

/** All CAs of a hierarchy. */
export function listIssuersOf(db: Db, hierarchy: string): Promise<IssuerRow[]> {
  return db
    .selectFrom("caIssuers")
    .select(ISSUER_COLUMNS)
    .where("hierarchy", "=", hierarchy)
    .orderBy("notBefore")
    .orderBy("id")
    .execute();
}

/** Takes a CA from one state to another. False when it is in that state no longer. */
export async function changeIssuer(
  tx: Tx,
  id: string,
  from: IssuerState,
  change: { readonly state: IssuerState; readonly activeFrom?: EpochMillis | null },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("caIssuers")
    .set(change)
    .where("id", "=", id)
    .where("state", "=", from)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Moves a key from one place to another; the key itself is destroyed where it goes `away`. False when it is elsewhere. */
export async function moveIssuerKey(tx: Tx, id: string, from: KeyState, to: KeyState): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("caIssuers")
    .set(to === "away" ? { keyState: to, sealedKey: null } : { keyState: to })
    .where("id", "=", id)
    .where("keyState", "=", from)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** The cross-certificates between roots of a hierarchy. */
export function listCrossCertificates(db: Db, hierarchy: string): Promise<CrossCertificateRow[]> {
  return crossCertificates(db, hierarchy);
}

const crossCertificates = prepared((db, hierarchy: string) =>
  db
    .selectFrom("caIssuers")
    .innerJoin("caCrossCertificates", "caCrossCertificates.subjectId", "caIssuers.id")
    .select(["subjectId", "signerId", "caCrossCertificates.serial", "caCrossCertificates.certificate"])
    .select(["caCrossCertificates.notBefore", "caCrossCertificates.notAfter"])
    .where("caIssuers.hierarchy", "=", hierarchy)
    .orderBy("subjectId")
    .orderBy("signerId"),
);

export async function findCrossCertificate(
  db: Db,
  subjectId: string,
  signerId: string | undefined,
): Promise<CrossCertificateRow | undefined> {
  return await db
    .selectFrom("caCrossCertificates")
    .select(["subjectId", "signerId", "serial", "certificate", "notBefore", "notAfter"])
    .where("subjectId", "=", subjectId)
    .$if(signerId !== undefined, (query) => query.where("signerId", "=", signerId ?? ""))
    .orderBy("notBefore")
    .orderBy("signerId")
    .limit(1)
    .executeTakeFirst();
}

/** False when there is one already. */
export async function insertCrossCertificate(tx: Tx, cross: CrossCertificateRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caCrossCertificates")
    .values(cross)
    .onConflict((conflict) => conflict.columns(["subjectId", "signerId"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** False when the id is taken by another request. */
export async function insertIssuerRequest(tx: Tx, request: IssuerRequestRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caIssuerRequests")
    .values(request)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findIssuerRequest(db: Db, keyId: string): Promise<IssuerRequestRow | undefined> {
  return await db.selectFrom("caIssuerRequests").select(REQUEST_COLUMNS).where("keyId", "=", keyId).executeTakeFirst();
}

/** The keys that wait for a certificate, few as they are. */
export function listIssuerRequests(db: Db): Promise<IssuerRequestRow[]> {
  return db.selectFrom("caIssuerRequests").select(REQUEST_COLUMNS).orderBy("id").execute();
}

/** False when it is gone already. */
export async function deleteIssuerRequest(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("caIssuerRequests").where("id", "=", id).executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

/** What a CA revoked of the certificates of other CAs: few. */
export function listRevokedBy(
  db: Db,
  issuerId: string,
): Promise<Pick<Revocation, "serial" | "reason" | "revokedAt" | "notAfter">[]> {
  return db
    .selectFrom("caRevocations")
    .select(["serial", "reason", "revokedAt", "notAfter"])
    .where("issuerId", "=", issuerId)
    .orderBy("serial")
    .execute();
}

/** The CRL of this CA is not made here: nothing of it is due any more. */
export async function leaveToCeremony(db: Db, issuerId: string): Promise<void> {
  await db
    .updateTable("caRevocations")
    .set({ listedIn: 0 })
    .where("issuerId", "=", issuerId)
    .where("listedIn", "is", null)
    .execute();
  await db.updateTable("caCrls").set({ refreshAt: null }).where("issuerId", "=", issuerId).execute();
}

export type OfflineCrlRow = Selectable<CaTables["caOfflineCrls"]>;

export async function findOfflineCrl(db: Db, issuerId: string): Promise<OfflineCrlRow | undefined> {
  return await db
    .selectFrom("caOfflineCrls")
    .select(["issuerId", "number", "crl", "nextUpdate"])
    .where("issuerId", "=", issuerId)
    .executeTakeFirst();
}

/** Publishes a CRL in the place of one with a lower number. False when the one that stands is as new. */
export async function putOfflineCrl(tx: Tx, crl: OfflineCrlRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caOfflineCrls")
    .values(crl)
    .onConflict((conflict) =>
      conflict
        .column("issuerId")
        .doUpdateSet({ number: crl.number, crl: crl.crl, nextUpdate: crl.nextUpdate })
        .where("caOfflineCrls.number", "<", crl.number),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

const HIERARCHY_COLUMNS = ["id", "account", "purpose", "createdAt", "servingFrom"] as const;
const REQUEST_COLUMNS = ["id", "hierarchy", "parentId", "family", "keyId", "csr", "sealedKey", "madeAt"] as const;
