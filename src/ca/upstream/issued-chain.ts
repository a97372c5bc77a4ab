import { X509Certificate } from "node:crypto";
import { type CertificateFacts, describeCertificate } from "#ca/describe.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { type PemBlock, parsePem, pem } from "#lib/pem.ts";

/** What a CA issued: the leaf, and the certificates above it in order. */
export interface IssuedChain {
  readonly leaf: Buffer;
  /** Without the leaf, the leaf's issuer first. */
  readonly above: readonly Buffer[];
}

/** A CA that issued something else than it was asked for. */
export class WronglyIssued extends Error {
  override readonly name = "WronglyIssued";
}

/** What the certificate must be. */
export interface Expectation {
  readonly names: readonly string[];
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly now: Date;
}

/** Reads application/pem-certificate-chain (RFC 8555 section 9.1). Throws WronglyIssued. */
export function readIssuedChain(body: Buffer): IssuedChain {
  let blocks: readonly PemBlock[];
  try {
    blocks = parsePem(body.toString("latin1"), MOST_CERTIFICATES);
  } catch (error) {
    throw wrong(`the chain is no PEM: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [leaf, ...above] = blocks.map(({ label, der }) => {
    if (label !== "CERTIFICATE") throw wrong(`the chain holds a ${label}`);
    return der;
  });
  if (!leaf) throw wrong("the chain is empty");
  return { leaf, above };
}

/** Throws WronglyIssued unless the leaf is what was asked for and each certificate is signed by the one that follows. */
export function checkIssuedChain(
  { leaf, above }: IssuedChain,
  { names, subjectPublicKeyInfo, now }: Expectation,
): void {
  const certificates = [leaf, ...above].map(parse);
  const [own, ...authorities] = certificates;
  if (!own) throw wrong("the chain is empty");
  const facts = describe(leaf);
  if (!own.publicKey.export({ type: "spki", format: "der" }).equals(subjectPublicKeyInfo)) {
    throw wrong("the certificate is for another key");
  }
  const got = facts.names.map((name) => name.toLowerCase()).sort();
  if (got.join() !== [...names].sort().join()) {
    throw wrong(`the certificate is for ${got.join(", ").slice(0, LONGEST_SHOWN)}`);
  }
  if (facts.notAfter <= now || facts.notBefore.getTime() > now.getTime() + CLOCK_SLACK) {
    throw wrong(`the certificate is valid from ${facts.notBefore.toISOString()} to ${facts.notAfter.toISOString()}`);
  }
  for (const [index, issuer] of authorities.entries()) {
    const child = certificates[index];
    if (!issuer.ca) throw wrong("the chain holds a certificate that is no CA's");
    if (!child?.checkIssued(issuer) || !verifies(child, issuer)) throw wrong("the chain is not in order");
  }
}

/** Whether the issuer at the top of the chain has this common name. */
export function endsAt({ leaf, above }: IssuedChain, issuer: string): boolean {
  return parse(above.at(-1) ?? leaf)
    .issuer.split("\n")
    .includes(`CN=${issuer}`);
}

/** The chain as servers send it after the leaf; undefined when there is none. */
export function chainPem({ above }: IssuedChain): string | undefined {
  return above.length === 0 ? undefined : above.map((der) => pem("CERTIFICATE", der)).join("");
}

/** What our own strict readers do not read, nobody else is to serve. */
function describe(leaf: Buffer): CertificateFacts {
  try {
    return describeCertificate(leaf);
  } catch (error) {
    throw wrong(`the certificate cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parse(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw wrong("the chain holds something that is no certificate");
  }
}

function verifies(child: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return child.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function wrong(message: string): WronglyIssued {
  return new WronglyIssued(`the CA issued something else than it was asked for: ${message}`);
}

const MOST_CERTIFICATES = 10;
const LONGEST_SHOWN = 300;
/** A CA whose clock is a little before ours is right all the same. */
const CLOCK_SLACK: Millis = 3600 * SECOND;
