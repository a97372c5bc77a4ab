import type { AcmeBindingArn, AcmeDomainValidationArn, AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { AcmeDomainFailure, AcmeDomainStatus } from "#domain/acme/domain-validation.ts";
import type { AcmeAccountStatus, AcmeContact, AcmeEndpointStatus } from "#domain/acme/endpoint.ts";
import type { AcmeOrderStatus } from "#domain/acme/order.ts";
import type { CertificateArn } from "#domain/arn.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { AccountId, Region } from "#domain/names.ts";
import type { EpochMillis, Fixed, Flag } from "./types.ts";

/** What makes a creation the same as an earlier one; both null once the token's time is over. */
interface Requested {
  /** Hash over owner, operation and idempotency token; unique. */
  requestKey: string | null;
  /** Hash over the parameters. */
  requestHash: string | null;
}

export interface AcmeTables {
  /** One row for each owner of endpoints: held while they are counted. */
  acmeOwners: { account: Fixed<AccountId>; region: Region };
  acmeEndpoints: Requested & {
    arn: Fixed<AcmeEndpointArn>;
    /** The last part of the ARN: it stands in the endpoint's URLs. */
    id: Fixed<string>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    createdAt: Fixed<EpochMillis>;
    updatedAt: EpochMillis;
    status: AcmeEndpointStatus;
    failureReason: string | null;
    contact: AcmeContact;
    /** JSON list; null: any. */
    allowedKeyAlgorithms: string | null;
    /** JSON list of the tags that every certificate gets. */
    certificateTags: Fixed<string>;
  };
  acmeDomainValidations: Requested & {
    arn: Fixed<AcmeDomainValidationArn>;
    endpointArn: Fixed<AcmeEndpointArn>;
    createdAt: Fixed<EpochMillis>;
    updatedAt: EpochMillis;
    domainName: Fixed<string>;
    status: AcmeDomainStatus;
    exactDomain: Flag;
    subdomains: Flag;
    wildcards: Flag;
    /** The zone of ours in which the record is written for the owner; null: the owner writes it. */
    hostedZoneId: string | null;
    /** The CNAME, in lower case and without the last dots. */
    recordName: Fixed<string>;
    recordValue: Fixed<string>;
    /** When the present attempt began: it has 72 hours. */
    startedAt: EpochMillis;
    /** When the record was last seen. */
    provenAt: EpochMillis | null;
    checkAt: EpochMillis;
    /** Look-ups done since the last one that mattered. */
    checks: number;
    checkedAt: EpochMillis | null;
    problem: string | null;
    /** JSON: what was asked, and what answered. */
    lookups: string | null;
    failureReason: AcmeDomainFailure | null;
    failureMessage: string | null;
  };
  /** External account bindings: who may register an account. The last part of the ARN is the KeyId. */
  acmeBindings: Requested & {
    arn: Fixed<AcmeBindingArn>;
    endpointArn: Fixed<AcmeEndpointArn>;
    createdAt: Fixed<EpochMillis>;
    updatedAt: EpochMillis;
    roleArn: Fixed<string>;
    /** 32 bytes under the root of custody, purpose `acme-binding:<arn>`. */
    sealedMacKey: Fixed<Uint8Array>;
    expiresAt: Fixed<EpochMillis | null>;
    revokedAt: EpochMillis | null;
    lastUsedAt: EpochMillis | null;
  };
  /** Tags of endpoints, domain validations and bindings. */
  acmeTags: {
    resourceArn: Fixed<string>;
    tagKey: Fixed<string>;
    tagValue: string | null;
    position: number;
  };
  /** Accounts of ACME clients (RFC 8555 section 7.1.2). */
  acmeAccounts: {
    id: Fixed<string>;
    endpointArn: Fixed<AcmeEndpointArn>;
    createdAt: Fixed<EpochMillis>;
    /** RFC 7638, SHA-256, base64url. */
    thumbprint: string;
    /** JSON, public members only. */
    jwk: string;
    status: AcmeAccountStatus;
    /** JSON list of `mailto:` URLs. */
    contacts: string;
    /** What it was registered with; the binding itself may be gone. */
    bindingArn: Fixed<AcmeBindingArn>;
  };
  /** Orders (RFC 8555 section 7.1.3). All that follows `error` is null until the order is finalized. */
  acmeOrders: {
    id: Fixed<string>;
    accountId: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
    expiresAt: Fixed<EpochMillis>;
    status: AcmeOrderStatus;
    /** JSON list of domain names, in the client's order. */
    identifiers: Fixed<string>;
    notBefore: Fixed<EpochMillis | null>;
    notAfter: Fixed<EpochMillis | null>;
    /** The certificate that this one shall replace, by its ARI identifier (RFC 9773 section 4.1). */
    replaces: Fixed<string | null>;
    /** JSON list of the places of identifiers whose authorizations the client gave up. */
    deactivated: string | null;
    /** JSON: the problem document of an invalid order. */
    error: string | null;
    certificateArn: CertificateArn | null;
    generation: number | null;
    /** JSON list, in the order of the certificate. */
    names: string | null;
    keyAlgorithm: KeyAlgorithm | null;
    subjectPublicKeyInfo: Uint8Array | null;
  };
  /** Which ARN an account's certificate for these names and this kind of key has, and the last generation given out. */
  acmeCertificates: {
    accountId: Fixed<string>;
    /** Over the names, in order. */
    namesHash: Fixed<string>;
    keyAlgorithm: Fixed<KeyAlgorithm>;
    certificateArn: Fixed<CertificateArn>;
    lastGeneration: number;
  };
  /** Keys that somebody else has: nothing is certified for them again (BR 6.1.1.3). SHA-256 of the SubjectPublicKeyInfo. */
  acmeCompromisedKeys: { keyHash: Fixed<string>; noticedAt: Fixed<EpochMillis> };
  /** Nonces that were used and have not expired; only where several nodes share the database. */
  acmeUsedNonces: { nonce: Fixed<string>; expiresAt: Fixed<EpochMillis> };
}
