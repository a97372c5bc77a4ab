import { createPublicKey, type KeyObject } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { type GeneralName, type Name, SubjectAlternativeName, TBSCertificate } from "@peculiar/asn1-x509";
import type { SigningAuthority } from "#ca/signers.ts";
import { checkDer } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
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
}

/** A TBSCertificate as it reads, whoever wrote it: by the ASN.1 schema, and byte for byte where bytes are prescribed. */
export interface LintedLeaf extends LintContext {
  readonly tbs: TBSCertificate;
  readonly raw: RawCertificate;
  readonly publicKey: KeyObject;
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
  const publicKey = createPublicKey({ key: raw.subjectPublicKeyInfo, format: "der", type: "spki" });
  const alternative = parsed.extensions?.find(({ extnID }) => extnID === OID.subjectAltName);
  const names = alternative ? [...AsnConvert.parse(alternative.extnValue.buffer, SubjectAlternativeName)] : [];
  return { ...context, tbs: parsed, raw, publicKey, subject: parsed.subject, names };
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
