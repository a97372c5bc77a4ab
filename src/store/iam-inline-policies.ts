import type { Db, Tx } from "./store.ts";

/** A policy that is part of one user, group or role. */
export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

/** Gives a held entity an inline policy, in place of one of the same name. */
export async function putInlinePolicy(
  tx: Tx,
  entityId: string,
  { name, document, size }: InlinePolicy & { readonly size: number },
): Promise<void> {
  await tx
    .insertInto("iamInlinePolicies")
    .values({ entityId, name, document, size })
    .onConflict((conflict) => conflict.columns(["entityId", "name"]).doUpdateSet({ document, size }))
    .execute();
}

export async function findInlinePolicy(db: Db, entityId: string, name: string): Promise<InlinePolicy | undefined> {
  return await db
    .selectFrom("iamInlinePolicies")
    .select(["name", "document"])
    .where("entityId", "=", entityId)
    .where("name", "=", name)
    .executeTakeFirst();
}

/** Whether there was one. */
export async function deleteInlinePolicy(tx: Tx, entityId: string, name: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("iamInlinePolicies")
    .where("entityId", "=", entityId)
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** A page of an entity's inline policies by name. */
export async function listInlinePolicies(
  db: Db,
  entityId: string,
  after: string,
  limit: number,
): Promise<InlinePolicy[]> {
  return await db
    .selectFrom("iamInlinePolicies")
    .select(["name", "document"])
    .where("entityId", "=", entityId)
    .where("name", ">", after)
    .orderBy("name")
    .limit(limit)
    .execute();
}

/** What the inline policies of those entities say. */
export async function inlineDocuments(db: Db, entityIds: readonly string[]): Promise<readonly string[]> {
  const rows = await db.selectFrom("iamInlinePolicies").select("document").where("entityId", "in", entityIds).execute();
  return rows.map(({ document }) => document);
}

/** How long all inline policies of an entity but that of `name` are together. */
export async function inlinePoliciesSize(db: Db, entityId: string, name: string): Promise<number> {
  const row = await db
    .selectFrom("iamInlinePolicies")
    .select((policy) => policy.fn.coalesce(policy.fn.sum("size"), policy.lit(0)).as("size"))
    .where("entityId", "=", entityId)
    .where("name", "<>", name)
    .executeTakeFirstOrThrow();
  return Number(row.size);
}
