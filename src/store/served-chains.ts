import type { CertificateArn } from "#domain/arn.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";

/** A signed version of a certificate that the CA within signed, with the chain that is served above it. */
export interface ServedChain {
  readonly certificateArn: CertificateArn;
  readonly generation: number;
  readonly issuerId: string;
  readonly chain: string | null;
}

/** The versions after a place in the order of ARNs and generations. */
export function pageServedChains(
  db: Db,
  after: { readonly certificateArn: string; readonly generation: number },
  limit: number,
): Promise<ServedChain[]> {
  return page(db, after.certificateArn, after.generation, limit);
}

const page = prepared((db, arn: string, generation: number, limit: number) =>
  db
    .selectFrom("certificateVersions")
    .innerJoin("caIssuances", (join) =>
      join
        .onRef("caIssuances.certificateArn", "=", "certificateVersions.certificateArn")
        .onRef("caIssuances.generation", "=", "certificateVersions.generation"),
    )
    .select([
      "certificateVersions.certificateArn",
      "certificateVersions.generation",
      "caIssuances.issuerId",
      "certificateVersions.chain",
    ])
    .where((row) =>
      row(
        row.refTuple("certificateVersions.certificateArn", "certificateVersions.generation"),
        ">",
        row.tuple(arn as CertificateArn, generation),
      ),
    )
    .where("caIssuances.state", "=", "signed")
    .where("certificateVersions.certificate", "is not", null)
    .orderBy("certificateVersions.certificateArn")
    .orderBy("certificateVersions.generation")
    .limit(limit),
);

/** Puts another chain in the place of one. False when the version is gone, or has another chain by now. */
export async function replaceChain(
  tx: Tx,
  { certificateArn, generation, chain }: ServedChain,
  next: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("certificateVersions")
    .set({ chain: next })
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("chain", chain === null ? "is" : "=", chain)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
