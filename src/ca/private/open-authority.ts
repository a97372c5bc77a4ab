import { createPublicKey } from "node:crypto";
import type { Signers, SigningAuthority } from "#ca/signers.ts";
import { Refusal } from "#domain/refusal.ts";
import { digest } from "#lib/keyed-hash.ts";
import { keyIdentifier, readCertificate } from "#lib/x509-certificate.ts";
import { type CertificateRequest, readCsr } from "#lib/x509-csr.ts";
import { SIGNATURES } from "#lib/x509-signatures.ts";
import type { PrivateCaRow } from "#store/private-cas.ts";
import { arnOf } from "./find.ts";
import { limitsOf, type PathLimits } from "./path-limits.ts";

/** A private CA with its key, as it signs now. */
export interface OpenAuthority extends SigningAuthority {
  /** Its own request, in which name and key stand. */
  readonly request: CertificateRequest;
  /** What its certificates, up to the root, allow below. */
  readonly limits: PathLimits;
}

/**
 * A private CA, opened: OpenSSL's key object is kept by this process, so that a signature does not cost an unsealing. A
 * root that has no certificate yet signs in the name that it asked for. Throws `private-ca-state-forbids` before its key
 * is made.
 */
export function openAuthority(ca: PrivateCaRow, signers: Signers): OpenAuthority {
  const { id, sealedKey, csr } = ca;
  // Another certificate, or other ones above it, allow other things below.
  const installed = digest(Buffer.from(ca.certificate ?? []).toString("base64"), ca.chain ?? "");
  const version = `${id} ${installed.toString("base64")}`;
  const known = signers.privateAuthorities.get(version);
  if (known) return known;
  if (!sealedKey || !csr) {
    throw new Refusal(
      "private-ca-state-forbids",
      `The certificate authority ${id} has no key yet: it is ${ca.status}.`,
    );
  }
  const request = readCsr(csr);
  const key = signers.openKey(sealedKey, sealPurpose(id), { resource: arnOf(ca), owner: ca });
  const own = ca.certificate ? readCertificate(ca.certificate) : request;
  const limits = limitsOf(ca);
  const opened: OpenAuthority = {
    id,
    algorithm: SIGNATURES[ca.signingAlgorithm],
    key,
    publicKey: createPublicKey(key),
    name: Buffer.from(own.subject),
    keyId: limits.subjectKeyId ?? keyIdentifier(own.subjectPublicKeyInfo),
    notBefore: new Date(ca.notBefore ?? 0),
    notAfter: new Date(ca.notAfter ?? END_OF_TIME),
    request,
    limits,
  };
  if (signers.privateAuthorities.size >= MOST_OPEN) signers.privateAuthorities.clear();
  signers.privateAuthorities.set(version, opened);
  return opened;
}

/** Forgets the keys of a CA that is deleted or has no row any more, as a node sees when it has read the row. */
export function forgetDeleted(id: string, ca: Pick<PrivateCaRow, "status"> | undefined, signers: Signers): void {
  if (!ca || ca.status === "DELETED") signers.forgetPrivateCa(id);
}

/** What the key of a private CA is sealed for. */
export function sealPurpose(id: string): string {
  return `private-ca:${id}`;
}

/** RFC 5280 section 4.1.2.5: a certificate that has no end. */
export const END_OF_TIME: number = Date.UTC(9999, 11, 31, 23, 59, 59);
const MOST_OPEN = 256;
