import { describeReport } from "#ca/private/audit-report.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_DescribeCertificateAuthorityAuditReport.html */
export const DescribeCertificateAuthorityAuditReport: AcmPcaOperation<
  "DescribeCertificateAuthorityAuditReport"
> = async ({ CertificateAuthorityArn, AuditReportId }, caller, deps) => {
  const { status, bucket, key, createdAt } = await describeReport(CertificateAuthorityArn, AuditReportId, caller, deps);
  return { AuditReportStatus: status, S3BucketName: bucket, S3Key: key, CreatedAt: createdAt };
};
