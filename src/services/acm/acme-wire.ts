import type * as sdk from "@aws-sdk/client-acm";
import type { AcmeAccount } from "#acme/accounts.ts";
import type { AcmeBinding } from "#acme/bindings.ts";
import type { AcmeDomainValidation } from "#acme/domain-validations.ts";
import type { AcmeEndpoint } from "#acme/endpoints.ts";
import { accountUrl, directoryUrl, type UrlDeps } from "#acme/urls.ts";
import { AwsError } from "#aws/service.ts";
import { ACME_KEY_ALGORITHMS, type AcmeKeyAlgorithm } from "#domain/acme/endpoint.ts";
import type { DomainScope } from "#domain/acme/scope.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import { DAY, HOUR, MINUTE, type Millis } from "#lib/duration.ts";
import { shownRecord, shownTime } from "./wire.ts";

export function shownTags(tags: readonly Tag[]): sdk.Tag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** An endpoint as Describe and List show it. */
export function shownEndpoint(endpoint: AcmeEndpoint, deps: UrlDeps): sdk.AcmeEndpoint {
  const { arn, allowedKeyAlgorithms, certificateTags } = endpoint;
  return {
    AcmeEndpointArn: arn,
    EndpointUrl: directoryUrl(arn, deps),
    Status: endpoint.status,
    FailureReason: endpoint.failureReason ?? undefined,
    AuthorizationBehavior: "PRE_APPROVED",
    Contact: endpoint.contact,
    CertificateAuthority: {
      PublicCertificateAuthority: allowedKeyAlgorithms ? { AllowedKeyAlgorithms: [...allowedKeyAlgorithms] } : {},
    },
    CertificateTags: certificateTags.length > 0 ? shownTags(certificateTags) : undefined,
    CreatedAt: shownTime(endpoint.createdAt),
    UpdatedAt: shownTime(endpoint.updatedAt),
  };
}

/** A domain validation as Describe and List show it. */
export function shownDomain(domain: AcmeDomainValidation): sdk.AcmeDomainValidation {
  const { scope, failureReason, failureMessage } = domain;
  return {
    AcmeDomainValidationArn: domain.arn,
    AcmeEndpointArn: domain.endpointArn,
    DomainName: domain.domainName,
    PrevalidationType: "DNS_PREVALIDATION",
    PrevalidationDetails: {
      DnsPrevalidation: {
        DomainScope: {
          ExactDomain: shownFlag(scope.exactDomain),
          Subdomains: shownFlag(scope.subdomains),
          Wildcards: shownFlag(scope.wildcards),
        },
        HostedZoneId: domain.hostedZoneId ?? undefined,
        ResourceRecord: shownRecord(domain.recordName, domain.recordValue),
      },
    },
    Status: domain.status,
    FailureDetails: failureReason ? { Reason: failureReason, Message: failureMessage ?? undefined } : undefined,
    CreatedAt: shownTime(domain.createdAt),
    UpdatedAt: shownTime(domain.updatedAt),
  };
}

/** A binding as Create, Describe and List show it; its MAC key is never part of it. */
export function shownBinding(binding: AcmeBinding): sdk.AcmeExternalAccountBinding {
  return {
    AcmeExternalAccountBindingArn: binding.arn,
    AcmeEndpointArn: binding.endpointArn,
    RoleArn: binding.roleArn,
    ExpiresAt: shownTime(binding.expiresAt),
    RevokedAt: shownTime(binding.revokedAt),
    LastUsedAt: shownTime(binding.lastUsedAt),
    CreatedAt: shownTime(binding.createdAt),
    UpdatedAt: shownTime(binding.updatedAt),
  };
}

/** An account as Describe and List show it. */
export function shownAccount(account: AcmeAccount, deps: UrlDeps): sdk.AcmeAccount {
  return {
    AccountUrl: accountUrl(account.endpointArn, account.id, deps),
    PublicKeyThumbprint: account.thumbprint,
    Status: account.status,
    CreatedAt: shownTime(account.createdAt),
    AcmeExternalAccountBindingArn: account.bindingArn,
    Contacts: [...account.contacts],
  };
}

/** The key algorithms that an endpoint is limited to; undefined when it is not: none given is no restriction. */
export function readKeyAlgorithms({
  PublicCertificateAuthority,
}: sdk.CertificateAuthority): readonly AcmeKeyAlgorithm[] | undefined {
  if (!PublicCertificateAuthority) {
    throw new AwsError("ValidationException", "The CertificateAuthority must be a PublicCertificateAuthority.");
  }
  const { AllowedKeyAlgorithms: allowed = [] } = PublicCertificateAuthority;
  return allowed.length === 0 ? undefined : ACME_KEY_ALGORITHMS.filter((algorithm) => allowed.includes(algorithm));
}

/** How a domain is to be proved. */
export interface DnsPrevalidation {
  readonly scope: { readonly [Option in keyof DomainScope]: boolean | undefined };
  readonly hostedZoneId: string | undefined;
}

export function readPrevalidation(options: sdk.PrevalidationOptions): DnsPrevalidation {
  const { DnsPrevalidation: dns } = options;
  if (!dns) throw new AwsError("ValidationException", "The PrevalidationOptions must be a DnsPrevalidation.");
  const { ExactDomain, Subdomains, Wildcards } = dns.DomainScope ?? {};
  return {
    scope: {
      exactDomain: readFlag(ExactDomain),
      subdomains: readFlag(Subdomains),
      wildcards: readFlag(Wildcards),
    },
    hostedZoneId: dns.HostedZoneId,
  };
}

export function readExpiration({ Value, Type }: { readonly Value: number; readonly Type: sdk.TimeType }): Millis {
  const length = Value * UNITS[Type];
  if (length <= LONGEST_EXPIRATION) return length;
  throw new AwsError("ValidationException", `An Expiration of ${Value} ${Type} is too far away: at most 100 years.`);
}

const shownFlag = (flag: boolean): sdk.DomainScopeOption => (flag ? "ENABLED" : "DISABLED");
const readFlag = (option: sdk.DomainScopeOption | undefined): boolean | undefined =>
  option === undefined ? undefined : option === "ENABLED";
const UNITS: Readonly<Record<sdk.TimeType, Millis>> = { MINUTES: MINUTE, HOURS: HOUR, DAYS: DAY };
/** Times must stay within what clients and databases can hold. */
const LONGEST_EXPIRATION: Millis = 36_525 * DAY;
