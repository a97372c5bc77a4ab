import type { DistinguishedName } from "./distinguished-name.ts";

// What of an X.509 certificate AWS Private CA's API can say, spelt as it spells it.

export interface KeyUsage {
  readonly DigitalSignature?: boolean | undefined;
  readonly NonRepudiation?: boolean | undefined;
  readonly KeyEncipherment?: boolean | undefined;
  readonly DataEncipherment?: boolean | undefined;
  readonly KeyAgreement?: boolean | undefined;
  readonly KeyCertSign?: boolean | undefined;
  readonly CRLSign?: boolean | undefined;
  readonly EncipherOnly?: boolean | undefined;
  readonly DecipherOnly?: boolean | undefined;
}

/** Exactly one member is set. */
export interface GeneralName {
  readonly OtherName?: { readonly TypeId: string; readonly Value: string } | undefined;
  readonly Rfc822Name?: string | undefined;
  readonly DnsName?: string | undefined;
  readonly DirectoryName?: DistinguishedName | undefined;
  readonly EdiPartyName?: { readonly PartyName: string; readonly NameAssigner?: string | undefined } | undefined;
  readonly UniformResourceIdentifier?: string | undefined;
  readonly IpAddress?: string | undefined;
  readonly RegisteredId?: string | undefined;
}

export interface AccessDescription {
  /** Exactly one member is set. */
  readonly AccessMethod: {
    readonly CustomObjectIdentifier?: string | undefined;
    readonly AccessMethodType?: AccessMethodType | undefined;
  };
  readonly AccessLocation: GeneralName;
}

export type AccessMethodType = "CA_REPOSITORY" | "RESOURCE_PKI_MANIFEST" | "RESOURCE_PKI_NOTIFY";

/** What a CA's own request asks for. */
export interface CsrExtensions {
  readonly KeyUsage?: KeyUsage | undefined;
  readonly SubjectInformationAccess?: readonly AccessDescription[] | undefined;
}

export interface PolicyInformation {
  readonly CertPolicyId: string;
  readonly PolicyQualifiers?:
    | readonly { readonly PolicyQualifierId: "CPS"; readonly Qualifier: { readonly CpsUri: string } }[]
    | undefined;
}

/** Exactly one member is set. */
export interface ExtendedKeyUsage {
  readonly ExtendedKeyUsageType?: ExtendedKeyUsageType | undefined;
  readonly ExtendedKeyUsageObjectIdentifier?: string | undefined;
}

export type ExtendedKeyUsageType =
  | "SERVER_AUTH"
  | "CLIENT_AUTH"
  | "CODE_SIGNING"
  | "EMAIL_PROTECTION"
  | "TIME_STAMPING"
  | "OCSP_SIGNING"
  | "SMART_CARD_LOGIN"
  | "DOCUMENT_SIGNING"
  | "CERTIFICATE_TRANSPARENCY";

export interface CustomExtension {
  readonly ObjectIdentifier: string;
  /** Base64. */
  readonly Value: string;
  readonly Critical?: boolean | undefined;
}

export interface Extensions {
  readonly CertificatePolicies?: readonly PolicyInformation[] | undefined;
  readonly ExtendedKeyUsage?: readonly ExtendedKeyUsage[] | undefined;
  readonly KeyUsage?: KeyUsage | undefined;
  readonly SubjectAlternativeNames?: readonly GeneralName[] | undefined;
  readonly CustomExtensions?: readonly CustomExtension[] | undefined;
}

/** What the caller adds to a certificate; only templates that pass it on heed it. */
export interface ApiPassthrough {
  readonly Extensions?: Extensions | undefined;
  readonly Subject?: DistinguishedName | undefined;
}
