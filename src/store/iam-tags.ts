import { fold } from "./iam-entities.ts";
import type { Db, Tx } from "./store.ts";

export interface IamTag {
  readonly key: string;
  readonly value: string;
}

/** Adds tags to a held entity (by id) or policy (by ARN); one that is there gets the new value and the new case. */
export async function putIamTags(tx: Tx, owner: string, tags: readonly IamTag[]): Promise<void> {
  if (tags.length === 0) return;
  await tx
    .insertInto("iamTags")
    .values(tags.map(({ key, value }) => ({ owner, tagKeyFolded: fold(key), tagKey: key, tagValue: value })))
    .onConflict((conflict) =>
      conflict
        .columns(["owner", "tagKeyFolded"])
        .doUpdateSet((row) => ({ tagKey: row.ref("excluded.tagKey"), tagValue: row.ref("excluded.tagValue") })),
    )
    .execute();
}

export async function deleteIamTags(tx: Tx, owner: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.deleteFrom("iamTags").where("owner", "=", owner).where("tagKeyFolded", "in", keys.map(fold)).execute();
}

/** A page of tags, by key without regard to case, those after the folded key `after`. */
export async function listIamTags(db: Db, owner: string, after = "", limit = 1000): Promise<IamTag[]> {
  const rows = await db
    .selectFrom("iamTags")
    .select(["tagKey", "tagValue"])
    .where("owner", "=", owner)
    .where("tagKeyFolded", ">", after)
    .orderBy("tagKeyFolded")
    .limit(limit)
    .execute();
  return rows.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue }));
}

/** The tags of several at once, each with its owner. */
export async function tagsOfAll(db: Db, owners: readonly string[]): Promise<(IamTag & { readonly owner: string })[]> {
  if (owners.length === 0) return [];
  const rows = await db
    .selectFrom("iamTags")
    .select(["owner", "tagKey", "tagValue"])
    .where("owner", "in", owners)
    .orderBy("owner")
    .orderBy("tagKeyFolded")
    .execute();
  return rows.map(({ owner, tagKey, tagValue }) => ({ owner, key: tagKey, value: tagValue }));
}
