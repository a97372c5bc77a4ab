import type { Db, Tx } from "./store.ts";

export interface EventTag {
  readonly key: string;
  readonly value: string;
}

/** The tags of a rule or an event bus, in the order of their keys. */
export async function readEventTags(db: Db, resourceArn: string): Promise<readonly EventTag[]> {
  const rows = await db
    .selectFrom("eventTags")
    .select(["tagKey", "tagValue"])
    .where("resourceArn", "=", resourceArn)
    .orderBy("tagKey")
    .execute();
  return rows.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue }));
}

/** Adds tags, or gives them new values. */
export async function writeEventTags(tx: Tx, resourceArn: string, tags: readonly EventTag[]): Promise<void> {
  for (const { key, value } of tags) {
    await tx
      .insertInto("eventTags")
      .values({ resourceArn, tagKey: key, tagValue: value })
      .onConflict((conflict) => conflict.columns(["resourceArn", "tagKey"]).doUpdateSet({ tagValue: value }))
      .execute();
  }
}

/** Removes these tags; all of them where no keys are given. */
export async function deleteEventTags(tx: Tx, resourceArn: string, keys?: readonly string[]): Promise<void> {
  await tx
    .deleteFrom("eventTags")
    .where("resourceArn", "=", resourceArn)
    .where((row) => (keys ? row("tagKey", "in", [...keys]) : row.lit(true)))
    .execute();
}
