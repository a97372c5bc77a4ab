import type { Selectable } from "kysely";
import type { Db, Tx } from "./store.ts";
import type { EdgeTables } from "./tables/edges.ts";
import type { EpochMillis } from "./tables/types.ts";

export type StoredEdgeToken = Selectable<EdgeTables["edgeTokens"]>;
export type NewEdgeToken = Pick<
  StoredEdgeToken,
  "id" | "secretHash" | "edge" | "zone" | "addresses" | "createdAt" | "expiresAt"
>;

export async function insertEdgeToken(db: Db, token: NewEdgeToken): Promise<void> {
  await db.insertInto("edgeTokens").values(token).execute();
}

export function findEdgeToken(db: Db, id: string): Promise<StoredEdgeToken | undefined> {
  return db.selectFrom("edgeTokens").select(COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** Whether this use of a token is its first, and in time. */
export async function useEdgeToken(
  tx: Tx,
  id: string,
  { usedAt, usedBy, usedKey }: { readonly usedAt: EpochMillis; readonly usedBy: string; readonly usedKey: Uint8Array },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("edgeTokens")
    .set({ usedAt, usedBy, usedKey })
    .where("id", "=", id)
    .where("usedAt", "is", null)
    .where("expiresAt", ">", usedAt)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Tokens in the order of their ids, those after `after`. */
export function listEdgeTokens(db: Db, after: string | undefined, limit: number): Promise<StoredEdgeToken[]> {
  return db
    .selectFrom("edgeTokens")
    .select(COLUMNS)
    .where("id", ">", after ?? "")
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** False when there is none. */
export async function deleteEdgeToken(db: Db, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("edgeTokens").where("id", "=", id).executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

/** Forgets tokens whose time ended before `before`. */
export async function deleteEndedEdgeTokens(db: Db, before: EpochMillis): Promise<void> {
  await db.deleteFrom("edgeTokens").where("expiresAt", "<", before).execute();
}

const COLUMNS = [
  "id",
  "secretHash",
  "edge",
  "zone",
  "addresses",
  "createdAt",
  "expiresAt",
  "usedAt",
  "usedBy",
  "usedKey",
] as const;
