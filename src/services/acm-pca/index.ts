import { regionalArn } from "#aws/access.ts";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { PrivateCaDeps } from "#ca/private/deps.ts";
import { type AcmPcaSdk, sdk } from "./api.ts";
import { CreateCertificateAuthority } from "./create-certificate-authority.ts";
import { CreateCertificateAuthorityAuditReport } from "./create-certificate-authority-audit-report.ts";
import { CreatePermission } from "./create-permission.ts";
import { DeleteCertificateAuthority } from "./delete-certificate-authority.ts";
import { DeletePermission } from "./delete-permission.ts";
import { DeletePolicy } from "./delete-policy.ts";
import { DescribeCertificateAuthority } from "./describe-certificate-authority.ts";
import { DescribeCertificateAuthorityAuditReport } from "./describe-certificate-authority-audit-report.ts";
import { type AcmPcaRefusal, refusals } from "./errors.ts";
import { GetCertificate } from "./get-certificate.ts";
import { GetCertificateAuthorityCertificate } from "./get-certificate-authority-certificate.ts";
import { GetCertificateAuthorityCsr } from "./get-certificate-authority-csr.ts";
import { GetPolicy } from "./get-policy.ts";
import { ImportCertificateAuthorityCertificate } from "./import-certificate-authority-certificate.ts";
import { IssueCertificate } from "./issue-certificate.ts";
import { ListCertificateAuthorities } from "./list-certificate-authorities.ts";
import { ListPermissions } from "./list-permissions.ts";
import { ListTags } from "./list-tags.ts";
import { PutPolicy } from "./put-policy.ts";
import { RestoreCertificateAuthority } from "./restore-certificate-authority.ts";
import { RevokeCertificate } from "./revoke-certificate.ts";
import { rules } from "./rules.ts";
import { TagCertificateAuthority } from "./tag-certificate-authority.ts";
import { UntagCertificateAuthority } from "./untag-certificate-authority.ts";
import { UpdateCertificateAuthority } from "./update-certificate-authority.ts";

/** AWS Private Certificate Authority. One file per operation; this is the list of them. */
export const acmPca: Service<AcmPcaSdk, PrivateCaDeps, AcmPcaRefusal> = {
  name: "acm-pca",
  sdk,
  facts: FACTS.acmPca,
  operations: {
    CreateCertificateAuthority,
    CreateCertificateAuthorityAuditReport,
    CreatePermission,
    DeleteCertificateAuthority,
    DeletePermission,
    DeletePolicy,
    DescribeCertificateAuthority,
    DescribeCertificateAuthorityAuditReport,
    GetCertificate,
    GetCertificateAuthorityCertificate,
    GetCertificateAuthorityCsr,
    GetPolicy,
    ImportCertificateAuthorityCertificate,
    IssueCertificate,
    ListCertificateAuthorities,
    ListPermissions,
    ListTags,
    PutPolicy,
    RestoreCertificateAuthority,
    RevokeCertificate,
    TagCertificateAuthority,
    UntagCertificateAuthority,
    UpdateCertificateAuthority,
  },
  access: {
    CreateCertificateAuthority: (_, caller) => ({
      resources: [regionalArn("acm-pca", caller, "certificate-authority/*")],
    }),
  },
  // https://docs.aws.amazon.com/privateca/latest/userguide/api-permissions.html
  tagging: { CreateCertificateAuthority: "acm-pca:TagCertificateAuthority" },
  rules,
  refusals,
};
