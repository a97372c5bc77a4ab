import * as sdk from "@aws-sdk/client-acm";
import type { AccountDeps } from "#acme/accounts.ts";
import type { BindingDeps } from "#acme/bindings.ts";
import type { DomainDeps } from "#acme/domain-validations.ts";
import type { EndpointDeps } from "#acme/endpoints.ts";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { AcmeRefusal } from "#domain/acme/refusals.ts";
import type { CertificateOperationRefusal, CertificateRefusal } from "#domain/certificate/refusals.ts";
import type { DeleteDeps } from "#lifecycle/delete.ts";
import type { ExportDeps } from "#lifecycle/export.ts";
import type { ImportDeps } from "#lifecycle/import.ts";
import type { ListDeps } from "#lifecycle/list.ts";
import type { EmailDeps } from "#lifecycle/proof/prove-email.ts";
import type { RequestDeps } from "#lifecycle/request.ts";
import type { RevokeDeps } from "#lifecycle/revoke.ts";
import { access, tagsOf } from "./access.ts";
import { AddTagsToCertificate } from "./add-tags-to-certificate.ts";
import { CreateAcmeDomainValidation } from "./create-acme-domain-validation.ts";
import { CreateAcmeEndpoint } from "./create-acme-endpoint.ts";
import { CreateAcmeExternalAccountBinding } from "./create-acme-external-account-binding.ts";
import { DeleteAcmeDomainValidation } from "./delete-acme-domain-validation.ts";
import { DeleteAcmeEndpoint } from "./delete-acme-endpoint.ts";
import { DeleteAcmeExternalAccountBinding } from "./delete-acme-external-account-binding.ts";
import { DeleteCertificate } from "./delete-certificate.ts";
import { DescribeAcmeAccount } from "./describe-acme-account.ts";
import { DescribeAcmeDomainValidation } from "./describe-acme-domain-validation.ts";
import { DescribeAcmeEndpoint } from "./describe-acme-endpoint.ts";
import { DescribeAcmeExternalAccountBinding } from "./describe-acme-external-account-binding.ts";
import { DescribeCertificate } from "./describe-certificate.ts";
import { refusals } from "./errors.ts";
import { ExportCertificate } from "./export-certificate.ts";
import { GetAccountConfiguration } from "./get-account-configuration.ts";
import { GetAcmeExternalAccountBindingCredentials } from "./get-acme-external-account-binding-credentials.ts";
import { GetCertificate } from "./get-certificate.ts";
import { ImportCertificate } from "./import-certificate.ts";
import { ListAcmeAccounts } from "./list-acme-accounts.ts";
import { ListAcmeDomainValidations } from "./list-acme-domain-validations.ts";
import { ListAcmeEndpoints } from "./list-acme-endpoints.ts";
import { ListAcmeExternalAccountBindings } from "./list-acme-external-account-bindings.ts";
import { ListCertificateDomainValidations } from "./list-certificate-domain-validations.ts";
import { ListCertificates } from "./list-certificates.ts";
import { ListTagsForCertificate } from "./list-tags-for-certificate.ts";
import { ListTagsForResource } from "./list-tags-for-resource.ts";
import { PutAccountConfiguration } from "./put-account-configuration.ts";
import { rates } from "./rates.ts";
import { RemoveTagsFromCertificate } from "./remove-tags-from-certificate.ts";
import { RenewCertificate } from "./renew-certificate.ts";
import { RequestCertificate } from "./request-certificate.ts";
import { ResendValidationEmail } from "./resend-validation-email.ts";
import { RevokeAcmeAccount } from "./revoke-acme-account.ts";
import { RevokeAcmeExternalAccountBinding } from "./revoke-acme-external-account-binding.ts";
import { RevokeCertificate } from "./revoke-certificate.ts";
import { rules } from "./rules.ts";
import { SearchCertificates } from "./search-certificates.ts";
import { TagResource } from "./tag-resource.ts";
import { UntagResource } from "./untag-resource.ts";
import { UpdateAcmeDomainValidation } from "./update-acme-domain-validation.ts";
import { UpdateAcmeEndpoint } from "./update-acme-endpoint.ts";
import { UpdateCertificateOptions } from "./update-certificate-options.ts";

export interface AcmDeps
  extends RequestDeps,
    ImportDeps,
    ListDeps,
    DeleteDeps,
    ExportDeps,
    RevokeDeps,
    EmailDeps,
    EndpointDeps,
    DomainDeps,
    BindingDeps,
    AccountDeps {}

/** AWS Certificate Manager. One file per operation; this is the list of them. */
export const acm: Service<typeof sdk, AcmDeps, AcmeRefusal | CertificateOperationRefusal | CertificateRefusal> = {
  name: "acm",
  sdk,
  facts: FACTS.acm,
  operations: {
    AddTagsToCertificate,
    CreateAcmeDomainValidation,
    CreateAcmeEndpoint,
    CreateAcmeExternalAccountBinding,
    DeleteAcmeDomainValidation,
    DeleteAcmeEndpoint,
    DeleteAcmeExternalAccountBinding,
    DeleteCertificate,
    DescribeAcmeAccount,
    DescribeAcmeDomainValidation,
    DescribeAcmeEndpoint,
    DescribeAcmeExternalAccountBinding,
    DescribeCertificate,
    ExportCertificate,
    GetAccountConfiguration,
    GetAcmeExternalAccountBindingCredentials,
    GetCertificate,
    ImportCertificate,
    ListAcmeAccounts,
    ListAcmeDomainValidations,
    ListAcmeEndpoints,
    ListAcmeExternalAccountBindings,
    ListCertificateDomainValidations,
    ListCertificates,
    ListTagsForCertificate,
    ListTagsForResource,
    PutAccountConfiguration,
    RemoveTagsFromCertificate,
    RenewCertificate,
    RequestCertificate,
    ResendValidationEmail,
    RevokeAcmeAccount,
    RevokeAcmeExternalAccountBinding,
    RevokeCertificate,
    SearchCertificates,
    TagResource,
    UntagResource,
    UpdateAcmeDomainValidation,
    UpdateAcmeEndpoint,
    UpdateCertificateOptions,
  },
  access,
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html
  tagging: { ImportCertificate: "acm:AddTagsToCertificate", RequestCertificate: "acm:AddTagsToCertificate" },
  tagsOf,
  rules,
  rates,
  refusals,
};
