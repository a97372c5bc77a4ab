import type { X509Certificate } from "node:crypto";
import type { ReadCertificate } from "#ca/describe.ts";
import { Refusal } from "#domain/refusal.ts";
import { pem } from "#lib/pem.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { nameText } from "#lib/x509-name.ts";
import { brokenConstraint } from "#lib/x509-name-constraints.ts";
import { limitsOf } from "./path-limits.ts";
import { readSubject } from "./subject-name.ts";

/**
 * Checks the chain of a subordinate CA: each certificate signed the one before, the last one itself; all of them are CAs
 * in force, and the new one keeps to their path lengths and name constraints. Throws `private-ca-request-forbidden` and
 * `private-ca-certificate-mismatch`, with the certificate that is at fault.
 */
export function checkChain(certificate: ReadCertificate, chain: readonly ReadCertificate[], now: Date): void {
  if (isSelfSigned(certificate)) {
    throw new Refusal(
      "private-ca-certificate-mismatch",
      "A self-signed certificate cannot be imported as a subordinate CA.",
    );
  }
  if (chain.length === 0) {
    throw new Refusal("private-ca-request-forbidden", "A subordinate CA must be imported with its certificate chain.");
  }
  if (chain.some(({ x509 }) => x509.raw.equals(certificate.x509.raw))) {
    throw new Refusal("private-ca-request-forbidden", "The certificate chain must not include the certificate itself.");
  }
  for (const [index, issuer] of chain.entries()) {
    const child = index === 0 ? certificate : chain[index - 1];
    if (child && !isIssuedBy(child, issuer)) throw mismatch(`${label(issuer)} did not sign ${label(child)}`);
    checkAuthority(issuer, now);
  }
  const root = chain.at(-1);
  if (root && !isSelfSigned(root)) throw mismatch(`the chain must end with a root CA, and ${label(root)} is none`);
  checkLimits(certificate, chain);
}

/** Whether a certificate names and signed itself. */
export function isSelfSigned(certificate: ReadCertificate): boolean {
  return isIssuedBy(certificate, certificate);
}

/** The subject, for messages. */
export function label({ asn1 }: ReadCertificate): string {
  return nameText(asn1.tbsCertificate.subject).slice(0, LONGEST_LABEL) || "a certificate without a subject";
}

function isIssuedBy({ x509: child }: ReadCertificate, { x509: issuer }: ReadCertificate): boolean {
  return readCertificate(child.raw).issuer.equals(readCertificate(issuer.raw).subject) && verifies(child, issuer);
}

function verifies(child: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return child.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function checkAuthority(issuer: ReadCertificate, now: Date): void {
  const { x509 } = issuer;
  if (!x509.ca) throw mismatch(`${label(issuer)} is not a CA`);
  if (x509.validToDate < now) throw mismatch(`${label(issuer)} expired ${x509.validToDate.toISOString()}`);
  if (x509.validFromDate > now)
    throw mismatch(`${label(issuer)} is not valid before ${x509.validFromDate.toISOString()}`);
}

/** RFC 5280 sections 4.2.1.9 and 4.2.1.10: what those above allow. */
function checkLimits(certificate: ReadCertificate, chain: readonly ReadCertificate[]): void {
  const [parent, ...above] = chain;
  if (!parent) return;
  const limits = limitsOf({
    certificate: parent.x509.raw,
    chain: above.map(({ x509 }) => pem("CERTIFICATE", x509.raw)).join(""),
  });
  if (limits.pathLength !== undefined && limits.pathLength < 1) {
    throw mismatch(`the path length of those above allows no further CA below ${label(parent)}`);
  }
  const subject = readSubject(Buffer.from(readCertificate(certificate.x509.raw).subject));
  const broken = brokenConstraint({ subject, alternative: [] }, limits.names);
  if (broken !== undefined) throw mismatch(`the name constraints of those above forbid it: ${broken}`);
}

function mismatch(reason: string): Refusal {
  return new Refusal(
    "private-ca-certificate-mismatch",
    `The certificate does not comply with the certificates that signed it: ${reason}.`,
  );
}

const LONGEST_LABEL = 200;
