import type { Period } from "#domain/certificate/validity.ts";
import { type Der, printableString, utf8String } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName, keyIdentifier, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import {
  authorityInformationAccess,
  authorityKeyIdentifier,
  caConstraints,
  certificatePolicies,
  crlDistributionPoint,
  extendedKeyUsage,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from "#lib/x509-extensions.ts";
import { freshSerial } from "./serials.ts";
import { type Issuer, type SigningAuthority, signAndCheck } from "./signers.ts";
import { certificateUrl, crlUrl } from "./urls.ts";

/** Who a CA certificate is for. */
export interface CaSubject {
  readonly name: Uint8Array;
  readonly subjectPublicKeyInfo: Uint8Array;
}

/** A certificate of the CA's own, with its serial number in hexadecimal. */
export interface CaCertificate {
  readonly serial: string;
  readonly der: Buffer;
}

/** The name of a CA: country, organisation and common name (BR 7.1.2.10.2). XX is ISO 3166-1's code for no country. */
export function caName(commonName: string): Buffer {
  return distinguishedName([
    [OID.countryName, printableString("XX")],
    [OID.organizationName, utf8String("Sealkeeper")],
    [OID.commonName, utf8String(commonName)],
  ]);
}

/** A self-signed root (BR 7.1.2.1): no policies, no purposes, no CRL of its own. */
export function rootCertificate(root: Issuer, period: Period): CaCertificate {
  const subject = { name: root.name, subjectPublicKeyInfo: root.subjectPublicKeyInfo };
  return certify(subject, root, period, [
    caConstraints(undefined),
    keyUsage("keyCertSign", "cRLSign"),
    subjectKeyIdentifier(root.keyId),
    authorityKeyIdentifier(root.keyId),
  ]);
}

/** A root's name and key, signed by an older root (BR 7.1.2.2). */
export function crossCertificate(subject: CaSubject, olderRoot: Issuer, period: Period, caUrl: string): CaCertificate {
  return certify(subject, olderRoot, period, [
    caConstraints(undefined),
    keyUsage("keyCertSign", "cRLSign"),
    certificatePolicies(OID.anyPolicy),
    ...subordinate(subject, olderRoot, caUrl),
  ]);
}

/** A CA that signs leafs of TLS servers and nothing else (BR 7.1.2.6). */
export function intermediateCertificate(
  subject: CaSubject,
  root: Issuer,
  period: Period,
  caUrl: string,
): CaCertificate {
  return certify(subject, root, period, [
    caConstraints(0),
    keyUsage("keyCertSign", "cRLSign"),
    extendedKeyUsage(OID.serverAuth),
    certificatePolicies(OID.domainValidated),
    ...subordinate(subject, root, caUrl),
  ]);
}

/** Who may answer OCSP in the name of `issuer` (BR 7.1.2.8, RFC 6960 section 4.2.2.2). */
export function responderCertificate(subject: CaSubject, issuer: SigningAuthority, period: Period): CaCertificate {
  return certify(subject, issuer, period, [
    keyUsage("digitalSignature"),
    extendedKeyUsage(OID.ocspSigning),
    ocspNoCheck(),
    subjectKeyIdentifier(keyIdentifier(subject.subjectPublicKeyInfo)),
    authorityKeyIdentifier(issuer.keyId),
  ]);
}

function subordinate(subject: CaSubject, issuer: Issuer, caUrl: string): Der[] {
  return [
    subjectKeyIdentifier(keyIdentifier(subject.subjectPublicKeyInfo)),
    authorityKeyIdentifier(issuer.keyId),
    authorityInformationAccess({ caIssuers: certificateUrl(caUrl, issuer.id) }),
    crlDistributionPoint(crlUrl(caUrl, issuer.id)),
  ];
}

function certify(
  subject: CaSubject,
  issuer: SigningAuthority,
  period: Period,
  extensions: readonly Der[],
): CaCertificate {
  const serial = freshSerial();
  const { identifier } = issuer.algorithm;
  const tbs = tbsCertificate({
    serial,
    algorithm: identifier,
    issuer: issuer.name,
    ...period,
    subject: subject.name,
    subjectPublicKeyInfo: subject.subjectPublicKeyInfo,
    extensions,
  });
  return { serial: serial.toString("hex"), der: signed(tbs, identifier, signAndCheck(issuer, tbs)) };
}
