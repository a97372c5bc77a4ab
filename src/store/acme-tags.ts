import type { Tag } from "#domain/certificate/tags.ts";
import type { Db, Tx } from "./store.ts";

/** The tags of an endpoint, domain validation or binding in the order in which they were given. */
export async function readAcmeTags(db: Db, resourceArn: string): Promise<readonly Tag[]> {
  const rows = await db
    .selectFrom("acmeTags")
    .select(["tagKey", "tagValue"])
    .where("resourceArn", "=", resourceArn)
    .orderBy("position")
    .execute();
  return rows.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue ?? undefined }));
}

/** Replaces them. Hold the endpoint first. */
export async function writeAcmeTags(tx: Tx, resourceArn: string, tags: readonly Tag[]): Promise<void> {
  await tx.deleteFrom("acmeTags").where("resourceArn", "=", resourceArn).execute();
  if (tags.length === 0) return;
  await tx
    .insertInto("acmeTags")
    .values(tags.map(({ key, value }, position) => ({ resourceArn, tagKey: key, tagValue: value ?? null, position })))
    .execute();
}

/** Removes the tags of an endpoint and of all that belongs to it. */
export async function deleteAcmeTagsWithin(tx: Tx, endpointArn: string): Promise<void> {
  await tx
    .deleteFrom("acmeTags")
    .where((row) =>
      row.or([
        row("resourceArn", "=", endpointArn),
        row.and([row("resourceArn", ">", `${endpointArn}/`), row("resourceArn", "<", `${endpointArn}0`)]),
      ]),
    )
    .execute();
}
