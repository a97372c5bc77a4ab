import * as sdk from "@aws-sdk/client-acm";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { CertificateOperationRefusal, CertificateRefusal } from "#domain/certificate/refusals.ts";
import type { DeleteDeps } from "#lifecycle/delete.ts";
import type { ExportDeps } from "#lifecycle/export.ts";
import type { ImportDeps } from "#lifecycle/import.ts";
import type { ListDeps } from "#lifecycle/list.ts";
import type { EmailDeps } from "#lifecycle/prove-email.ts";
import type { RequestDeps } from "#lifecycle/request.ts";
import type { RevokeDeps } from "#lifecycle/revoke.ts";
import { AddTagsToCertificate } from "./add-tags-to-certificate.ts";
import { DeleteCertificate } from "./delete-certificate.ts";
import { DescribeCertificate } from "./describe-certificate.ts";
import { refusals } from "./errors.ts";
import { ExportCertificate } from "./export-certificate.ts";
import { GetAccountConfiguration } from "./get-account-configuration.ts";
import { GetCertificate } from "./get-certificate.ts";
import { ImportCertificate } from "./import-certificate.ts";
import { ListCertificateDomainValidations } from "./list-certificate-domain-validations.ts";
import { ListCertificates } from "./list-certificates.ts";
import { ListTagsForCertificate } from "./list-tags-for-certificate.ts";
import { PutAccountConfiguration } from "./put-account-configuration.ts";
import { RemoveTagsFromCertificate } from "./remove-tags-from-certificate.ts";
import { RenewCertificate } from "./renew-certificate.ts";
import { RequestCertificate } from "./request-certificate.ts";
import { ResendValidationEmail } from "./resend-validation-email.ts";
import { RevokeCertificate } from "./revoke-certificate.ts";
import { rules } from "./rules.ts";
import { UpdateCertificateOptions } from "./update-certificate-options.ts";

export interface AcmDeps extends RequestDeps, ImportDeps, ListDeps, DeleteDeps, ExportDeps, RevokeDeps, EmailDeps {}

/** AWS Certificate Manager. One file per operation; this is the list of them. */
export const acm: Service<typeof sdk, AcmDeps, CertificateOperationRefusal | CertificateRefusal> = {
  name: "acm",
  sdk,
  facts: FACTS.acm,
  operations: {
    AddTagsToCertificate,
    DeleteCertificate,
    DescribeCertificate,
    ExportCertificate,
    GetAccountConfiguration,
    GetCertificate,
    ImportCertificate,
    ListCertificateDomainValidations,
    ListCertificates,
    ListTagsForCertificate,
    PutAccountConfiguration,
    RemoveTagsFromCertificate,
    RenewCertificate,
    RequestCertificate,
    ResendValidationEmail,
    RevokeCertificate,
    UpdateCertificateOptions,
  },
  rules,
  refusals,
};
