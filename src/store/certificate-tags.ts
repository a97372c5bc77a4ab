import type { CertificateArn } from "#domain/arn.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Db, Tx } from "./store.ts";

/** The tags of a certificate in the order in which they were given. */
export async function readTags(db: Db, certificateArn: CertificateArn): Promise<Tag[]> {
  const rows = await db
    .selectFrom("certificateTags")
    .select(["tagKey", "tagValue"])
    .where("certificateArn", "=", certificateArn)
    .orderBy("position")
    .execute();
  return rows.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue ?? undefined }));
}

/** Replaces the tags of a certificate. Hold the certificate first. */
export async function writeTags(tx: Tx, certificateArn: CertificateArn, tags: readonly Tag[]): Promise<void> {
  await tx.deleteFrom("certificateTags").where("certificateArn", "=", certificateArn).execute();
  if (tags.length === 0) return;
  await tx
    .insertInto("certificateTags")
    .values(
      tags.map(({ key, value }, position) => ({ certificateArn, tagKey: key, tagValue: value ?? null, position })),
    )
    .execute();
}
