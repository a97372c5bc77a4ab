import type { CertificateArn } from "#domain/arn.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Keeps that the private key of a version was handed out. */
export async function recordExport(
  tx: Tx,
  certificateArn: CertificateArn,
  generation: number,
  exportedAt: EpochMillis,
): Promise<void> {
  await tx
    .insertInto("certificateExports")
    .values({ certificateArn, generation, exportedAt })
    .onConflict((conflict) => conflict.columns(["certificateArn", "generation"]).doUpdateSet({ exportedAt }))
    .execute();
}

/** The versions whose private key was ever handed out, oldest first. */
export async function exportedGenerations(db: Db, certificateArn: CertificateArn): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("certificateExports")
    .select("generation")
    .where("certificateArn", "=", certificateArn)
    .orderBy("generation")
    .execute();
  return rows.map(({ generation }) => generation);
}
