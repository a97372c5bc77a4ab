import { createReport } from "#ca/private/audit-report.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_CreateCertificateAuthorityAuditReport.html */
export const CreateCertificateAuthorityAuditReport: AcmPcaOperation<"CreateCertificateAuthorityAuditReport"> = async (
  { CertificateAuthorityArn, S3BucketName, AuditReportResponseFormat },
  caller,
  deps,
) => {
  const request = { authorityArn: CertificateAuthorityArn, bucket: S3BucketName, format: AuditReportResponseFormat };
  const { id, key } = await createReport(request, caller, deps);
  return { AuditReportId: id, S3Key: key };
};
