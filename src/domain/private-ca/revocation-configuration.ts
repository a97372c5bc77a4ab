import { Refusal } from "#domain/refusal.ts";

/** How the certificates of a CA are checked for revocation, as AWS Private CA's API spells it. */
export interface RevocationConfiguration {
  readonly CrlConfiguration?: CrlConfiguration | undefined;
  readonly OcspConfiguration?: OcspConfiguration | undefined;
}

export interface CrlConfiguration {
  readonly Enabled: boolean;
  readonly ExpirationInDays?: number | undefined;
  readonly CustomCname?: string | undefined;
  readonly S3BucketName?: string | undefined;
  readonly S3ObjectAcl?: "PUBLIC_READ" | "BUCKET_OWNER_FULL_CONTROL" | undefined;
  readonly CrlDistributionPointExtensionConfiguration?: { readonly OmitExtension: boolean } | undefined;
  readonly CrlType?: CrlType | undefined;
  readonly CustomPath?: string | undefined;
}

export type CrlType = "COMPLETE" | "PARTITIONED";

export interface OcspConfiguration {
  readonly Enabled: boolean;
  readonly OcspCustomCname?: string | undefined;
}

/** Nothing is published. */
export const NO_REVOCATION: RevocationConfiguration = {
  CrlConfiguration: { Enabled: false },
  OcspConfiguration: { Enabled: false },
};

/**
 * The configuration after `change`, which replaces whole members. Throws `private-ca-args-invalid` for what AWS does not
 * take: see RevocationConfiguration in the API reference.
 */
export function withRevocation(
  present: RevocationConfiguration,
  change: RevocationConfiguration,
): RevocationConfiguration {
  const { CrlConfiguration: crl, OcspConfiguration: ocsp } = change;
  if (crl) checkCrl(crl);
  if (ocsp) checkOcsp(ocsp);
  return {
    CrlConfiguration: crl ? whole(crl) : present.CrlConfiguration,
    OcspConfiguration: ocsp ?? present.OcspConfiguration,
  };
}

function checkCrl(crl: CrlConfiguration): void {
  const { Enabled, ...others } = crl;
  if (!Enabled) {
    const given = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
    if (given !== undefined) throw invalid(`A CRL configuration that is not enabled must not have ${given}.`);
    return;
  }
  if (crl.ExpirationInDays === undefined) throw invalid("An enabled CRL configuration must have ExpirationInDays.");
  if (!Number.isInteger(crl.ExpirationInDays)) throw invalid("ExpirationInDays must be a whole number.");
  if (crl.S3BucketName === undefined) throw invalid("An enabled CRL configuration must have an S3BucketName.");
  if (!BUCKET.test(crl.S3BucketName) || crl.S3BucketName.includes("..")) {
    throw invalid(`${crl.S3BucketName} is not the name of an S3 bucket.`);
  }
  checkCname("CustomCname", crl.CustomCname);
  if (crl.CrlDistributionPointExtensionConfiguration?.OmitExtension && crl.CustomCname) {
    throw invalid("The CRL distribution point cannot be omitted where a CustomCname is set.");
  }
}

function checkOcsp({ Enabled, OcspCustomCname }: OcspConfiguration): void {
  if (!Enabled && OcspCustomCname !== undefined) {
    throw invalid("An OCSP configuration that is not enabled must not have OcspCustomCname.");
  }
  checkCname("OcspCustomCname", OcspCustomCname);
}

/** A host, perhaps with a port or a path: it stands in URLs behind `http://`. */
function checkCname(member: string, cname: string | undefined): void {
  if (cname === undefined || cname === "") return;
  if (/^[a-z]+:\/\//i.test(cname)) throw invalid(`${member} must not have a protocol prefix such as "http://".`);
  if (!URL.canParse(`http://${cname}`)) throw invalid(`${member} is not the name of a host.`);
}

/** What AWS answers for what was left out. */
function whole(crl: CrlConfiguration): CrlConfiguration {
  if (!crl.Enabled) return crl;
  return { ...crl, S3ObjectAcl: crl.S3ObjectAcl ?? "PUBLIC_READ", CrlType: crl.CrlType ?? "COMPLETE" };
}

function invalid(message: string): Refusal {
  return new Refusal("private-ca-args-invalid", message);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
