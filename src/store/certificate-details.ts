import type { Selectable } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId, DomainName, Owner, Region } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";
import type { CertificateTables } from "./tables/certificates.ts";

type Row = Selectable<CertificateTables["certificates"]>;
type Version = Selectable<CertificateTables["certificateVersions"]>;

/** All that is known of a certificate but its proofs and bodies. */
export interface CertificateDetails
  extends Omit<Row, "names" | "commonName" | "requestKey" | "keyUsages" | "extendedKeyUsages" | "orderedAt">,
    Pick<Version, "serial" | "subject" | "issuer" | "signatureAlgorithm"> {
  readonly names: readonly DomainName[];
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly { readonly name: string; readonly oid: string | undefined }[];
  /** The ARNs of those who use it, oldest first. */
  readonly inUseBy: readonly string[];
}

/** One certificate of this account and region; undefined when there is none of that name. */
export async function readCertificate(
  db: Db,
  { account, region }: Owner,
  arn: CertificateArn,
): Promise<CertificateDetails | undefined> {
  const [row] = await detailsByArn(db, arn, account, region);
  if (!row) return undefined;
  const users = await usersOf(db, arn);
  const { names, keyUsages, extendedKeyUsages, extendedKeyUsageOids, ...details } = row;
  const oids = JSON.parse(extendedKeyUsageOids ?? "[]") as readonly (string | null)[];
  return {
    ...details,
    names: JSON.parse(names) as readonly DomainName[],
    keyUsages: readUsages(keyUsages),
    extendedKeyUsages: readUsages(extendedKeyUsages).map((name, index) => ({ name, oid: oids[index] ?? undefined })),
    inUseBy: users.map(({ resourceArn }) => resourceArn),
  };
}

/** What a certificate may be used for. */
export async function readUsageColumns(
  db: Db,
  arn: CertificateArn,
): Promise<{ readonly keyUsages: readonly string[]; readonly extendedKeyUsages: readonly string[] }> {
  const row = await db
    .selectFrom("certificates")
    .select(["keyUsages", "extendedKeyUsages"])
    .where("arn", "=", arn)
    .executeTakeFirst();
  return {
    keyUsages: readUsages(row?.keyUsages ?? ""),
    extendedKeyUsages: readUsages(row?.extendedKeyUsages ?? ""),
  };
}

/** `,A,B,` from a list: in SQL a name is in it when it stands between two commas. */
export function writeUsages(usages: readonly string[]): string {
  return usages.length === 0 ? "" : `,${usages.join(",")},`;
}

export function readUsages(text: string): readonly string[] {
  return text === "" ? [] : text.slice(1, -1).split(",");
}

/** DescribeCertificate is what clients poll. */
const detailsByArn = prepared((db, arn: CertificateArn, account: AccountId, region: Region) =>
  db
    .selectFrom("certificates")
    .leftJoin("certificateVersions", (join) =>
      join
        .onRef("certificateVersions.certificateArn", "=", "certificates.arn")
        .onRef("certificateVersions.generation", "=", "certificates.generation"),
    )
    .select(["arn", "account", "region", "createdAt", "type", "keyPairOrigin", "authority", "certificateAuthorityArn"])
    .select(["acmeEndpointArn", "acmeAccountId", "status", "keyAlgorithm", "domainName", "names"])
    .select(["validationMethod", "exportOption", "managedBy", "requestedBy", "certificates.generation"])
    .select(["notBefore", "notAfter"])
    .select(["issuedAt", "importedAt", "exportedAt", "revokedAt", "revocationReason", "failureReason", "trouble"])
    .select(["keyUsages", "extendedKeyUsages", "renewal", "renewalReason", "renewalStartedAt", "renewalUpdatedAt"])
    .select(["renewAt", "migration", "migrationStartedAt", "migrationUpdatedAt"])
    .select(["serial", "subject", "issuer", "signatureAlgorithm", "extendedKeyUsageOids"])
    .where("arn", "=", arn)
    .where("account", "=", account)
    .where("region", "=", region),
);

const usersOf = prepared((db, arn: CertificateArn) =>
  db
    .selectFrom("certificateAssociations")
    .select("resourceArn")
    .where("certificateArn", "=", arn)
    .orderBy("createdAt")
    .orderBy("resourceArn"),
);
