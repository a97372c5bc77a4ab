import type { Owner } from "#domain/names.ts";
import type { NetworkTag } from "#domain/network/tags.ts";
import { ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";

export interface KeptNetworkTag extends NetworkTag {
  readonly resourceId: string;
  readonly resourceType: string;
}

/** Sets tags of an owner's resource; one whose key is there takes the new value. */
export async function putNetworkTags(
  tx: Tx,
  { account, region }: Owner,
  { id, type }: { readonly id: string; readonly type: string },
  tags: readonly NetworkTag[],
): Promise<void> {
  if (tags.length === 0) return;
  await tx
    .insertInto("networkTags")
    .values(tags.map(({ key, value }) => ({ resourceId: id, key, value, account, region, resourceType: type })))
    .onConflict((conflict) =>
      conflict
        .columns(["account", "region", "resourceId", "key"])
        .doUpdateSet((row) => ({ value: row.ref("excluded.value") })),
    )
    .execute();
}

/** Removes tags by key, only where they have that value when one is given. */
export async function removeNetworkTags(
  tx: Tx,
  { account, region }: Owner,
  resourceId: string,
  tags: readonly { readonly key: string; readonly value: string | undefined }[],
): Promise<void> {
  for (const { key, value } of tags) {
    await tx
      .deleteFrom("networkTags")
      .where("account", "=", account)
      .where("region", "=", region)
      .where("resourceId", "=", resourceId)
      .where("key", "=", key)
      .$if(value !== undefined, (query) => query.where("value", "=", value ?? ""))
      .execute();
  }
}

/** Forgets all tags of resources that are gone. */
export async function dropNetworkTags(
  tx: Tx,
  { account, region }: Owner,
  resourceIds: readonly string[],
): Promise<void> {
  if (resourceIds.length === 0) return;
  await tx
    .deleteFrom("networkTags")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("resourceId", "in", resourceIds)
    .execute();
}

/** The tags of resources, by resource and key. */
export async function tagsOf(
  db: Db,
  owner: Owner,
  resourceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly NetworkTag[]>> {
  if (resourceIds.length === 0) return new Map();
  const rows = await ofOwner(db.selectFrom("networkTags").select(["resourceId", "key", "value"]), owner)
    .where("resourceId", "in", resourceIds)
    .orderBy("resourceId")
    .orderBy("key")
    .execute();
  return Map.groupBy(rows, ({ resourceId }) => resourceId);
}

/** A page of an owner's tags, by resource and key; those of some resources when they are named. */
export async function listNetworkTags(
  db: Db,
  owner: Owner,
  page: {
    readonly ids?: readonly string[] | undefined;
    readonly after: { readonly id: string; readonly key: string };
    readonly limit: number;
  },
): Promise<KeptNetworkTag[]> {
  const { ids, after, limit } = page;
  return await ofOwner(db.selectFrom("networkTags").select(["resourceId", "key", "value", "resourceType"]), owner)
    .where((row) => row(row.refTuple("resourceId", "key"), ">", row.tuple(after.id, after.key)))
    .$if(ids !== undefined, (query) => query.where("resourceId", "in", ids ?? []))
    .orderBy("resourceId")
    .orderBy("key")
    .limit(limit)
    .execute();
}
