import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "#aws/service.ts";
import type { TrustStore, TrustStoreRevocation } from "#domain/balancers/trust-store.ts";
import type { ObjectName } from "#integrations/elbv2/trust-stores.ts";

export function showTrustStore({ name, arn, certificates, revokedEntries }: TrustStore): sdk.TrustStore {
  return {
    Name: name,
    TrustStoreArn: arn,
    Status: "ACTIVE",
    NumberOfCaCertificates: certificates,
    TotalRevokedEntries: revokedEntries,
  };
}

export function showRevocation(trustStoreArn: string, { id, entries }: TrustStoreRevocation): sdk.TrustStoreRevocation {
  return { TrustStoreArn: trustStoreArn, RevocationId: id, RevocationType: "CRL", NumberOfRevokedEntries: entries };
}

/** Where the CA certificates of a request are. */
export function readBundleName(input: {
  readonly CaCertificatesBundleS3Bucket: string;
  readonly CaCertificatesBundleS3Key: string;
  readonly CaCertificatesBundleS3ObjectVersion?: string;
}): ObjectName {
  refuseVersion("CaCertificatesBundleS3ObjectVersion", input.CaCertificatesBundleS3ObjectVersion);
  return { bucket: input.CaCertificatesBundleS3Bucket, key: input.CaCertificatesBundleS3Key };
}

/** Where a revocation list of a request is. */
export function readRevocationName(given: {
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
}): ObjectName {
  refuseVersion("S3ObjectVersion", given.S3ObjectVersion);
  if (given.S3Bucket === undefined || given.S3Key === undefined) {
    throw new AwsError("ValidationException", "S3Bucket and S3Key must be specified for a revocation file");
  }
  return { bucket: given.S3Bucket, key: given.S3Key };
}

function refuseVersion(member: string, version: string | undefined): void {
  if (version === undefined) return;
  throw new AwsError(
    "ValidationException",
    `${member} cannot be specified: files have no versions here, and the present one is taken`,
  );
}
