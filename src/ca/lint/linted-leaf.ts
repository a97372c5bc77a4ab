import { type AsymmetricKeyDetails, createPublicKey, type KeyObject } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { type GeneralName, type Name, SubjectAlternativeName, TBSCertificate } from "@peculiar/asn1-x509";
import type { SigningAuthority } from "#ca/signers.ts";
import type { Period } from "#domain/certificate/validity.ts";
import { checkDer } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { type KeyAlgorithm, keyAlgorithm } from "#lib/x509-algorithms.ts";
import { type RawCertificate, readTbs } from "#lib/x509-certificate.ts";

/**
 * `server`: what the CA/B Forum's rules allow. `internal`: Sealkeeper's own servers, whose names may be local ones.
 * `private`: what an account's private CA signs.
 */
export type LintProfile = "server" | "internal" | "private";

/** What a leaf is held against. */
export interface LintContext {
  readonly profile: LintProfile;
  readonly issuer: Pick<SigningAuthority, "name" | "keyId" | "algorithm" | "notBefore" | "notAfter">;
  /** The moment of issuance. */
  readonly now: Date;
  /** The key that is to be certified, where somebody has opened it before: opening takes OpenSSL longer than signing. */
  readonly certified?: CertifiedKey | undefined;
}

/** A public key as it is written and as OpenSSL read it: `certifiedKey` makes it. */
export interface CertifiedKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  readonly publicKey: KeyObject;
  /** AWS's name; undefined when AWS takes no such key. */
  readonly algorithm: KeyAlgorithm | undefined;
  readonly details: AsymmetricKeyDetails;
}

/** Opens the key that is to be certified. Throws when it is none. */
export function certifiedKey(spki: Uint8Array): CertifiedKey {
  const der = Buffer.from(spki);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  const details = publicKey.asymmetricKeyDetails ?? {};
  return { spki: der, publicKey, algorithm: keyAlgorithm(publicKey), details };
}

/** A TBSCertificate as it reads, whoever wrote it: by the ASN.1 schema, and byte for byte where bytes are prescribed. */
export interface LintedLeaf extends LintContext, CertifiedKey {
  readonly tbs: TBSCertificate;
  readonly raw: RawCertificate;
  readonly period: Period;
  readonly subject: Name;
  /** The subjectAltName; empty when there is none. */
  readonly names: readonly GeneralName[];
}

/** What a rule finds wrong, for whoever repairs the builder; undefined when nothing is. */
export type Finding = string | undefined;

/** Reads a TBSCertificate; throws when it is none. */
export function readLeaf(tbs: Buffer, context: LintContext): LintedLeaf {
  checkDer(tbs);
  const parsed = AsnConvert.parse(tbs, TBSCertificate);
  const raw = readTbs(tbs);
  const { certified } = context;
  const key = certified?.spki.equals(raw.subjectPublicKeyInfo) ? certified : certifiedKey(raw.subjectPublicKeyInfo);
  const alternative = parsed.extensions?.find(({ extnID }) => extnID === OID.subjectAltName);
  const names = alternative ? [...AsnConvert.parse(alternative.extnValue.buffer, SubjectAlternativeName)] : [];
  const period = { notBefore: parsed.validity.notBefore.getTime(), notAfter: parsed.validity.notAfter.getTime() };
  return { ...context, ...key, tbs: parsed, raw, period, subject: parsed.subject, names };
}

/** An extension, parsed; undefined when the leaf has none of this kind. Throws when it is not what it says. */
export function parsedExtension<T>(leaf: LintedLeaf, id: string, type: new () => T): ParsedExtension<T> | undefined {
  const found = leaf.tbs.extensions?.find(({ extnID }) => extnID === id);
  return found && { critical: found.critical, value: AsnConvert.parse(found.extnValue.buffer, type) };
}

export interface ParsedExtension<T> {
  readonly critical: boolean;
  readonly value: T;
}
