import type { X509Certificate } from "node:crypto";
import { BasicConstraints } from "@peculiar/asn1-x509";
import { Refusal } from "#domain/refusal.ts";
import { OID } from "#lib/oids.ts";
import { keyAlgorithm, keyFamily } from "#lib/x509-algorithms.ts";
import { nameText } from "#lib/x509-name.ts";
import { extensionOf, type ReadCertificate } from "./describe.ts";

/**
 * Throws Refusal unless the certificate signed itself: only then it needs no chain. Name and signature decide; the key
 * usage of a server's own certificate seldom says that it may sign certificates, which is what `checkIssued` asks for.
 */
export function checkSelfSigned({ x509 }: ReadCertificate): void {
  if (x509.subject !== x509.issuer || !verifies(x509, x509)) {
    throw new Refusal(
      "import-invalid",
      "Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.",
    );
  }
}

/**
 * The chain in the order in which each certificate certifies the one before, the leaf's issuer first; a chain that is
 * given in another order is put in order. Throws Refusal with the place and the rule when one does not fit.
 */
export function orderChain(leaf: ReadCertificate, chain: readonly ReadCertificate[], now: Date): ReadCertificate[] {
  if (chain.some(({ x509 }) => x509.raw.equals(leaf.x509.raw))) {
    throw refused("The chain holds the certificate itself; it must begin with the certificate's issuer.");
  }
  const ordered: ReadCertificate[] = [];
  const rest = [...chain];
  for (let child = leaf; rest.length > 0; ) {
    // In a chain that is in order the first one fits, so that a long chain costs one signature check for each.
    const index = rest.findIndex(({ x509 }) => signedBy(child.x509, x509));
    const issuer = rest[index];
    if (!issuer)
      throw refused(`None of the chain's certificates signed ${label(child)}, issued by ${issuerLabel(child)}.`);
    rest.splice(index, 1);
    checkAuthority(issuer, ordered, now);
    ordered.push(issuer);
    child = issuer;
  }
  checkFamily(leaf, ordered[0]);
  return ordered;
}

/** RFC 5280 section 6.1: a CA, valid now, and not more certificates below it than it allows. */
function checkAuthority(issuer: ReadCertificate, below: readonly ReadCertificate[], now: Date): void {
  const { x509, asn1 } = issuer;
  if (!x509.ca) throw refused(`${label(issuer)} is not the certificate of a CA.`);
  if (x509.validToDate < now) throw refused(`${label(issuer)} expired ${x509.validToDate.toISOString()}.`);
  if (x509.validFromDate > now)
    throw refused(`${label(issuer)} is not valid before ${x509.validFromDate.toISOString()}.`);
  const constraints = extensionOf(asn1.tbsCertificate.extensions ?? [], OID.basicConstraints, BasicConstraints);
  const counted = below.filter(({ x509: one }) => one.subject !== one.issuer).length;
  if ((constraints?.pathLenConstraint ?? counted) < counted) {
    throw refused(
      `${label(issuer)} allows ${constraints?.pathLenConstraint} CA certificates below it; there are ${counted}.`,
    );
  }
}

/** https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html: one algorithm family. */
function checkFamily(leaf: ReadCertificate, issuer: ReadCertificate | undefined): void {
  const [own, signers] = [leaf, issuer].map((one) => one && keyAlgorithm(one.x509.publicKey));
  if (own && signers && keyFamily(own) !== keyFamily(signers)) {
    throw refused(
      `The key of the certificate (${own}) and of the CA that signed it (${signers}) are of different kinds.`,
    );
  }
}

function signedBy(child: X509Certificate, issuer: X509Certificate): boolean {
  return child.checkIssued(issuer) && verifies(child, issuer);
}

function verifies(child: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return child.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function label({ asn1 }: ReadCertificate): string {
  return nameText(asn1.tbsCertificate.subject).slice(0, LONGEST_LABEL) || "the certificate without a subject";
}

function issuerLabel({ asn1 }: ReadCertificate): string {
  return nameText(asn1.tbsCertificate.issuer).slice(0, LONGEST_LABEL);
}

function refused(reason: string): Refusal {
  return new Refusal("import-invalid", `Could not validate the certificate with the certificate chain. ${reason}`);
}

const LONGEST_LABEL = 200;
