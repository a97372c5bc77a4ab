import type { Insertable, Selectable } from "kysely";
import type { AcmeBindingArn, AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { AcmePlace } from "./acme-endpoints.ts";
import type { Db, Tx } from "./store.ts";
import type { AcmeTables } from "./tables/acme.ts";
import type { EpochMillis } from "./tables/types.ts";

export type AcmeBinding = Pick<Selectable<AcmeTables["acmeBindings"]>, (typeof COLUMNS)[number]>;

/** Writes a binding; false when its request key is taken. */
export async function insertAcmeBinding(tx: Tx, binding: Insertable<AcmeTables["acmeBindings"]>): Promise<boolean> {
  const row = await tx
    .insertInto("acmeBindings")
    .values(binding)
    .onConflict((conflict) => conflict.column("requestKey").doNothing())
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

export async function countAcmeBindings(tx: Tx, endpointArn: AcmeEndpointArn): Promise<number> {
  const { count } = await tx
    .selectFrom("acmeBindings")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("endpointArn", "=", endpointArn)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function findAcmeBinding(db: Db, arn: AcmeBindingArn): Promise<AcmeBinding | undefined> {
  return await db.selectFrom("acmeBindings").select(COLUMNS).where("arn", "=", arn).executeTakeFirst();
}

/** A binding's MAC key, sealed. */
export async function findSealedMacKey(db: Db, arn: AcmeBindingArn): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("acmeBindings").select("sealedMacKey").where("arn", "=", arn).executeTakeFirst();
  return row?.sealedMacKey;
}

/** An endpoint's bindings by creation, `limit` of them, behind a place. */
export async function pageAcmeBindings(
  db: Db,
  endpointArn: AcmeEndpointArn,
  after: AcmePlace,
  limit: number,
): Promise<readonly AcmeBinding[]> {
  return await db
    .selectFrom("acmeBindings")
    .select(COLUMNS)
    .where("endpointArn", "=", endpointArn)
    .where((row) => row(row.refTuple("createdAt", "arn"), ">", row.tuple(after.createdAt, after.key as AcmeBindingArn)))
    .orderBy("createdAt")
    .orderBy("arn")
    .limit(limit)
    .execute();
}

/** Revokes a binding, once. */
export async function revokeAcmeBinding(tx: Tx, arn: AcmeBindingArn, at: EpochMillis): Promise<void> {
  await tx
    .updateTable("acmeBindings")
    .set({ revokedAt: at, updatedAt: at })
    .where("arn", "=", arn)
    .where("revokedAt", "is", null)
    .execute();
}

/** Notes that a binding registers an account, if it still may; false when it was revoked, has expired or is gone. */
export async function useAcmeBinding(tx: Tx, arn: AcmeBindingArn, at: EpochMillis): Promise<boolean> {
  const row = await tx
    .updateTable("acmeBindings")
    .set({ lastUsedAt: at })
    .where("arn", "=", arn)
    .where("revokedAt", "is", null)
    .where((binding) => binding.or([binding("expiresAt", "is", null), binding("expiresAt", ">", at)]))
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether it was there. */
export async function deleteAcmeBinding(tx: Tx, arn: AcmeBindingArn): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("acmeBindings").where("arn", "=", arn).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

const COLUMNS = [
  "arn",
  "endpointArn",
  "createdAt",
  "updatedAt",
  "roleArn",
  "expiresAt",
  "revokedAt",
  "lastUsedAt",
] as const;
