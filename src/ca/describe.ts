import { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Certificate,
  ExtendedKeyUsage,
  type Extension,
  KeyUsage,
  type KeyUsageType,
  SubjectAlternativeName,
} from "@peculiar/asn1-x509";
import { checkDer } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { type KeyAlgorithm, keyAlgorithm, signatureAlgorithmName } from "#lib/x509-algorithms.ts";
import { readCertificate, serialHex } from "#lib/x509-certificate.ts";
import { attributeOf, nameText } from "#lib/x509-name.ts";

/** ACM's KeyUsageName. */
export type KeyUsageName =
  | "DIGITAL_SIGNATURE"
  | "NON_REPUDIATION"
  | "KEY_ENCIPHERMENT"
  | "DATA_ENCIPHERMENT"
  | "KEY_AGREEMENT"
  | "CERTIFICATE_SIGNING"
  | "CRL_SIGNING"
  | "ENCIPHER_ONLY"
  | "DECIPHER_ONLY"
  | "ANY";

/** ACM's ExtendedKeyUsageName. */
export type ExtendedKeyUsageName =
  | "TLS_WEB_SERVER_AUTHENTICATION"
  | "TLS_WEB_CLIENT_AUTHENTICATION"
  | "CODE_SIGNING"
  | "EMAIL_PROTECTION"
  | "TIME_STAMPING"
  | "OCSP_SIGNING"
  | "IPSEC_END_SYSTEM"
  | "IPSEC_TUNNEL"
  | "IPSEC_USER"
  | "ANY"
  | "NONE"
  | "CUSTOM";

/** What DescribeCertificate tells of a certificate, in ACM's words. */
export interface CertificateFacts {
  /** Lower-case hexadecimal without colons. */
  readonly serial: string;
  /** For example `C=AU,O=Example,CN=example.com`. */
  readonly subject: string;
  /** The issuer's organisation, or its common name, or its whole name. */
  readonly issuer: string;
  readonly commonName: string | undefined;
  /** Host names and IP addresses of the subjectAltName in their order; the common name where there are none. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Undefined when AWS takes no such key. */
  readonly keyAlgorithm: KeyAlgorithm | undefined;
  /** For example `SHA256WITHRSA`. */
  readonly signatureAlgorithm: string;
  readonly keyUsages: readonly KeyUsageName[];
  /** `oid` is undefined for `NONE` only. */
  readonly extendedKeyUsages: readonly { readonly name: ExtendedKeyUsageName; readonly oid: string | undefined }[];
}

/** A certificate as both parsers read it. */
export interface ReadCertificate {
  readonly x509: X509Certificate;
  readonly asn1: Certificate;
}

/** Reads DER strictly: by our own reader, OpenSSL and the ASN.1 schema. Throws when one of them finds no certificate. */
export function readStrictly(der: Buffer): ReadCertificate {
  checkDer(der);
  const x509 = new X509Certificate(der);
  return { x509, asn1: AsnConvert.parse(der, Certificate) };
}

/** The facts of a certificate; throws when it is none. */
export function describeCertificate(der: Buffer): CertificateFacts {
  return factsOf(readStrictly(der));
}

/** The facts of a certificate that was read. */
export function factsOf({ x509, asn1 }: ReadCertificate): CertificateFacts {
  const { subject, issuer, extensions = [] } = asn1.tbsCertificate;
  const commonName = attributeOf(subject, "commonName");
  const names = alternativeNames(extensions);
  return {
    serial: serialHex(readCertificate(x509.raw).serial),
    subject: nameText(subject),
    issuer: attributeOf(issuer, "organizationName") ?? attributeOf(issuer, "commonName") ?? nameText(issuer),
    commonName,
    names: names.length === 0 && commonName !== undefined ? [commonName] : names,
    notBefore: x509.validFromDate,
    notAfter: x509.validToDate,
    keyAlgorithm: keyAlgorithm(x509.publicKey),
    signatureAlgorithm: signatureAlgorithmName(asn1.signatureAlgorithm.algorithm),
    keyUsages: keyUsages(extensions),
    extendedKeyUsages: extendedKeyUsages(extensions),
  };
}

/** An extension's value, parsed; undefined when the certificate has none of this kind. Throws when it is malformed. */
export function extensionOf<T>(extensions: readonly Extension[], id: string, type: new () => T): T | undefined {
  const found = extensions.find(({ extnID }) => extnID === id);
  return found && AsnConvert.parse(found.extnValue.buffer, type);
}

function alternativeNames(extensions: readonly Extension[]): string[] {
  const names = extensionOf(extensions, OID.subjectAltName, SubjectAlternativeName) ?? [];
  return names.map(({ dNSName, iPAddress }) => dNSName ?? iPAddress).filter((name) => name !== undefined);
}

/** A certificate without the extension may be used for anything; ACM then says ANY. */
function keyUsages(extensions: readonly Extension[]): KeyUsageName[] {
  const found = extensionOf(extensions, OID.keyUsage, KeyUsage);
  return found ? found.toJSON().map((usage) => KEY_USAGES[usage]) : ["ANY"];
}

/** ACM says NONE where there is no such extension. */
function extendedKeyUsages(extensions: readonly Extension[]): CertificateFacts["extendedKeyUsages"] {
  const found = extensionOf(extensions, OID.extKeyUsage, ExtendedKeyUsage);
  if (!found) return [{ name: "NONE", oid: undefined }];
  return found.map((oid) => ({ name: EXTENDED_KEY_USAGES[oid] ?? "CUSTOM", oid }));
}

const KEY_USAGES: Readonly<Record<KeyUsageType, KeyUsageName>> = {
  digitalSignature: "DIGITAL_SIGNATURE",
  nonRepudiation: "NON_REPUDIATION",
  keyEncipherment: "KEY_ENCIPHERMENT",
  dataEncipherment: "DATA_ENCIPHERMENT",
  keyAgreement: "KEY_AGREEMENT",
  keyCertSign: "CERTIFICATE_SIGNING",
  crlSign: "CRL_SIGNING",
  encipherOnly: "ENCIPHER_ONLY",
  decipherOnly: "DECIPHER_ONLY",
};

const EXTENDED_KEY_USAGES: Readonly<Record<string, ExtendedKeyUsageName>> = {
  [OID.serverAuth]: "TLS_WEB_SERVER_AUTHENTICATION",
  "1.3.6.1.5.5.7.3.2": "TLS_WEB_CLIENT_AUTHENTICATION",
  "1.3.6.1.5.5.7.3.3": "CODE_SIGNING",
  "1.3.6.1.5.5.7.3.4": "EMAIL_PROTECTION",
  "1.3.6.1.5.5.7.3.5": "IPSEC_END_SYSTEM",
  "1.3.6.1.5.5.7.3.6": "IPSEC_TUNNEL",
  "1.3.6.1.5.5.7.3.7": "IPSEC_USER",
  "1.3.6.1.5.5.7.3.8": "TIME_STAMPING",
  [OID.ocspSigning]: "OCSP_SIGNING",
  [OID.anyExtendedKeyUsage]: "ANY",
};
