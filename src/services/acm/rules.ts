import * as sdk from "@aws-sdk/client-acm";
import type { Rule, Rules } from "#aws/rules.ts";

const ARN = (service: string): Rule => ({
  min: 20,
  max: 2048,
  pattern: new RegExp(`^arn:[\\w+=/,.@-]+:${service}:[\\w+=/,.@-]*:[0-9]+:[\\w+=,.@-]+(/[\\w+=,.@-]+)*$`),
});
const ACME_ARN = (below: string): Rule => ({
  min: 1,
  max: 200,
  pattern: new RegExp(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:acme-endpoint/[a-zA-Z0-9-]+${below}$`),
});
const DOMAIN: Rule = {
  min: 1,
  max: 253,
  pattern: /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/,
};
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const PAGE_TOKEN: Rule = { min: 1, max: 10_000, pattern: /^[\t\n\r\x20-\xff]*$/ };
const STATEMENTS: Rule = { min: 1, max: 15 };
const TAGS: Rule = { min: 1, max: 50 };
const UP_TO_A_HUNDRED: Rule = { min: 1, max: 100 };
const ONE_OF_EACH = (values: object): Rule => ({ each: { oneOf: values } });

/**
 * What ACM asks of the members of its 40 operations beyond their types. From the service model of API version
 * 2015-12-08 as of November 2026 and the API reference.
 */
export const rules: Rules = {
  AcmeDomainValidationArn: ACME_ARN("/acme-domain-validation/[a-zA-Z0-9-]+"),
  AcmeEndpointArn: ACME_ARN(""),
  AcmeExternalAccountBindingArn: ACME_ARN("/acme-external-account-binding/[a-zA-Z0-9-]+"),
  AllowedKeyAlgorithms: ONE_OF_EACH(sdk.PublicKeyAlgorithm),
  And: STATEMENTS,
  AuthorizationBehavior: { oneOf: sdk.AcmeAuthorizationBehavior },
  Certificate: { min: 1, max: 32_768 },
  CertificateArn: ARN("acm"),
  "ListCertificateDomainValidationsRequest.CertificateArn": {
    min: 20,
    max: 2048,
    pattern: /^arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:certificate\/[\w+=,.@-]+.*$/,
  },
  CertificateAuthorityArn: ARN("acm-pca"),
  CertificateChain: { min: 1, max: 2_097_152 },
  CertificateKeyPairOrigin: { oneOf: sdk.CertificateKeyPairOrigin },
  CertificateKeyPairOrigins: ONE_OF_EACH(sdk.CertificateKeyPairOrigin),
  CertificateStatuses: ONE_OF_EACH(sdk.CertificateStatus),
  CertificateTags: TAGS,
  CertificateTransparencyLoggingPreference: { oneOf: sdk.CertificateTransparencyLoggingPreference },
  ComparisonOperator: { oneOf: sdk.ComparisonOperator },
  Contact: { oneOf: sdk.AcmeContact },
  // ACM publishes expiry events at most 45 days ahead.
  DaysBeforeExpiry: { min: 1, max: 45 },
  Domain: DOMAIN,
  DomainName: DOMAIN,
  "CreateAcmeDomainValidationRequest.DomainName": {
    min: 1,
    max: 253,
    pattern: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  },
  DomainValidationOptions: UP_TO_A_HUNDRED,
  ExactDomain: { oneOf: sdk.DomainScopeOption },
  Export: { oneOf: sdk.CertificateExport },
  ExportOption: { oneOf: sdk.CertificateExport },
  ExtendedKeyUsage: { oneOf: sdk.ExtendedKeyUsageName },
  HostedZoneId: { min: 1, max: 32, pattern: /^Z[A-Z0-9]+$/ },
  "PutAccountConfigurationRequest.IdempotencyToken": { min: 1, max: 32, pattern: /^\w+$/ },
  "RequestCertificateRequest.IdempotencyToken": { min: 1, max: 32, pattern: /^\w+$/ },
  KeyAlgorithm: { oneOf: sdk.KeyAlgorithm },
  KeyUsage: { oneOf: sdk.KeyUsageName },
  ManagedBy: { oneOf: sdk.CertificateManagedBy },
  MaxItems: { min: 1, max: 1000 },
  MaxResults: UP_TO_A_HUNDRED,
  "SearchCertificatesRequest.MaxResults": { min: 1, max: 500 },
  "ListCertificateDomainValidationsRequest.NextToken": PAGE_TOKEN,
  "ListCertificatesRequest.NextToken": PAGE_TOKEN,
  "SearchCertificatesRequest.NextToken": PAGE_TOKEN,
  Or: STATEMENTS,
  Passphrase: { min: 4, max: 128, secret: true },
  PrivateKey: { min: 1, max: 5120, secret: true },
  RenewalStatus: { oneOf: sdk.RenewalStatus },
  ResourceArn: ARN("acm"),
  RevocationReason: { oneOf: sdk.RevocationReason },
  RoleArn: { min: 1, max: 2048, pattern: /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/.+$/ },
  SerialNumber: { min: 2, max: 59, pattern: /^[0-9a-f]{2}(:[0-9a-f]{2}){1,19}$/ },
  "ListCertificatesRequest.SortBy": { oneOf: sdk.SortBy },
  "ListCertificatesRequest.SortOrder": { oneOf: sdk.SortOrder },
  "SearchCertificatesRequest.SortBy": { oneOf: sdk.SearchCertificatesSortBy },
  "SearchCertificatesRequest.SortOrder": { oneOf: sdk.SearchCertificatesSortOrder },
  "AcmCertificateMetadataFilter.Status": { oneOf: sdk.CertificateStatus },
  Subdomains: { oneOf: sdk.DomainScopeOption },
  SubjectAlternativeNames: { ...UP_TO_A_HUNDRED, each: DOMAIN },
  TagKeys: { ...TAGS, each: { min: 1, max: 128, pattern: TAG_TEXT } },
  Tags: TAGS,
  "Tag.Key": { min: 1, max: 128, pattern: TAG_TEXT },
  "Tag.Value": { max: 256, pattern: TAG_TEXT },
  "AcmCertificateMetadataFilter.Type": { oneOf: sdk.CertificateType },
  "Expiration.Type": { oneOf: sdk.TimeType },
  ValidationDomain: DOMAIN,
  ValidationMethod: { oneOf: sdk.ValidationMethod },
  "CommonNameFilter.Value": { min: 1, max: 256 },
  "DnsNameFilter.Value": { min: 1, max: 256 },
  "Expiration.Value": { min: 1 },
  Wildcards: { oneOf: sdk.DomainScopeOption },
  exportOption: { oneOf: sdk.CertificateExport },
  extendedKeyUsage: ONE_OF_EACH(sdk.ExtendedKeyUsageName),
  keyTypes: ONE_OF_EACH(sdk.KeyAlgorithm),
  keyUsage: ONE_OF_EACH(sdk.KeyUsageName),
  managedBy: { oneOf: sdk.CertificateManagedBy },
};
