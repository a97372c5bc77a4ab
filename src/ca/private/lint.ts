import { BasicConstraints, KeyUsage } from "@peculiar/asn1-x509";
import { LintError } from "#ca/lint/lint.ts";
import { type Finding, type LintedLeaf, parsedExtension, readLeaf } from "#ca/lint/linted-leaf.ts";
import * as extensions from "#ca/lint/rules-extensions.ts";
import * as fields from "#ca/lint/rules-fields.ts";
import * as key from "#ca/lint/rules-key.ts";
import type { SigningAuthority } from "#ca/signers.ts";
import type { Template } from "#domain/private-ca/templates.ts";
import { OID } from "#lib/oids.ts";
import { caKeyAlgorithm } from "#lib/x509-signatures.ts";

/**
 * Holds a TBSCertificate against what RFC 5280 asks of every certificate, whoever wrote it, and against its template;
 * the rules of public trust do not apply. Throws LintError with every rule that it breaks.
 */
export function lintPrivate(tbs: Buffer, { issuer, template, now }: PrivateLintContext): void {
  const leaf = readLeaf(tbs, { profile: "private", issuer, now });
  const findings = [
    ...RULES.map((rule) => ({ name: rule.name, finding: rule(leaf) })),
    ...(template.kind === "end-entity"
      ? [{ name: "onlyAuthoritiesSignCertificates", finding: onlyAuthoritiesSignCertificates(leaf) }]
      : []),
    { name: "constraintsAreTheTemplates", finding: constraintsAreTheTemplates(leaf, template) },
    ...(template.kind === "root" ? [] : [{ name: "itEndsWithItsIssuer", finding: itEndsWithItsIssuer(leaf) }]),
  ].flatMap(({ name, finding }) => (finding === undefined ? [] : [`${name}: ${finding}`]));
  if (findings.length > 0) throw new LintError(findings);
}

export interface PrivateLintContext {
  /** With the algorithm that this certificate is signed with. */
  readonly issuer: SigningAuthority;
  readonly template: Template;
  readonly now: Date;
}

const RULES: readonly ((leaf: LintedLeaf) => Finding)[] = [
  fields.versionIsThree,
  fields.serialIsLongAndPositive,
  fields.signatureAlgorithmIsTheIssuers,
  fields.issuerIsNamedAsItself,
  fields.validityIsForward,
  fields.thereAreNoUniqueIds,
  extensions.extensionsAreDifferent,
  extensions.authorityKeyIsTheIssuers,
  somebodyIsNamed,
  keyIsStrong,
  exponentIsOdd,
  key.modulusHasNoSmallFactor,
];

/** RFC 5280 section 4.2.1.6: where the subject is empty, the alternative names are there, and critical. */
function somebodyIsNamed({ tbs: { extensions = [] }, subject }: LintedLeaf): Finding {
  const names = extensions.find(({ extnID }) => extnID === OID.subjectAltName);
  return subject.length > 0 || names?.critical ? undefined : "it names nobody";
}

/** RFC 5280 section 6.1.3: a path is valid only while every certificate in it is. */
function itEndsWithItsIssuer({ tbs, issuer }: LintedLeaf): Finding {
  return tbs.validity.notAfter.getTime() <= issuer.notAfter ? undefined : "it exceeds the issuer's";
}

function constraintsAreTheTemplates(leaf: LintedLeaf, { kind, pathLength }: Template): Finding {
  const found = parsedExtension(leaf, OID.basicConstraints, BasicConstraints);
  if (!found) return "there are none";
  if (found.value.cA !== (kind !== "end-entity")) return found.value.cA ? "it is a CA" : "it is no CA";
  return found.value.pathLenConstraint === pathLength
    ? undefined
    : `its path length is ${found.value.pathLenConstraint}`;
}

/** RFC 5280 section 4.2.1.3: some take whoever may sign certificates for a CA. */
function onlyAuthoritiesSignCertificates(leaf: LintedLeaf): Finding {
  const usages = parsedExtension(leaf, OID.keyUsage, KeyUsage)?.value.toJSON();
  return usages?.includes("keyCertSign") ? "it is no CA, and its key usage has keyCertSign" : undefined;
}

/** The keys that private CAs themselves can have: RSA from 2048 bits, three curves, Ed25519, ML-DSA. */
/** RFC 8017 section 3.1. BR 6.1.6 would have longer ones, but devices that private CAs are for have 3. */
function exponentIsOdd({ details }: LintedLeaf): Finding {
  const { publicExponent: exponent } = details;
  return exponent === undefined || (exponent % 2n === 1n && exponent >= 3n) ? undefined : `it is ${exponent}`;
}

function keyIsStrong({ publicKey }: LintedLeaf): Finding {
  return caKeyAlgorithm(publicKey) ? undefined : "it is of a kind or a size that is not certified";
}
