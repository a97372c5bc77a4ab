import { AsnConvert } from "@peculiar/asn1-schema";
import { BasicConstraints, type Extension, KeyUsage, KeyUsageFlags } from "@peculiar/asn1-x509";
import { type ReadCertificate, readStrictly } from "#ca/describe.ts";
import { ocspHashes } from "#ca/issuers-by-hashes.ts";
import type { Caller } from "#domain/names.ts";
import { checkState } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import { OID } from "#lib/oids.ts";
import { PemError, parsePem, pem } from "#lib/pem.ts";
import { readCertificate, serialHex } from "#lib/x509-certificate.ts";
import { readCsr } from "#lib/x509-csr.ts";
import { changePrivateCa, replaceCaHashes } from "#store/private-cas.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { type FoundAuthority, holdAuthority } from "./find.ts";
import { checkChain, isSelfSigned, label } from "./import-chain.ts";
import { checkReadableExtensions } from "./imported-extensions.ts";
import { MOST_CHAIN } from "./path-limits.ts";
import { readSubject, subjectDer } from "./subject-name.ts";

/** What ImportCertificateAuthorityCertificate is given: PEM. */
export interface ImportRequest {
  readonly authorityArn: string;
  readonly certificate: Uint8Array;
  readonly chain: Uint8Array | undefined;
}

/**
 * Installs a CA's own certificate, the first or the next one: a pending or expired CA is ACTIVE from now on. Throws
 * `private-ca-certificate-malformed`, `private-ca-certificate-mismatch`, `private-ca-request-forbidden` and the state.
 */
export async function importAuthorityCertificate(
  request: ImportRequest,
  caller: Caller,
  deps: Pick<PrivateCaDeps, "store" | "clock">,
): Promise<void> {
  const [certificate, ...more] = readCertificates(request.certificate, "certificate", 2);
  if (!certificate || more.length > 0) throw malformed("The certificate must be exactly one.");
  const chain = request.chain === undefined ? [] : readCertificates(request.chain, "certificate chain", MOST_CHAIN);
  for (const { asn1 } of chain) checkCritical(asn1.tbsCertificate.extensions ?? []);
  for (const one of [certificate, ...chain]) {
    checkReadableExtensions(one.asn1.tbsCertificate.extensions ?? [], label(one));
  }
  attempt(
    () => readSubject(readCertificate(certificate.x509.raw).subject),
    "The subject of the certificate is malformed, or holds what is no string",
  );
  await deps.store.transaction().execute(async (tx) => {
    const found = await holdAuthority(tx, request.authorityArn, caller, deps);
    checkState("import", found.arn, found.status);
    const now = deps.clock.now();
    checkOwn(certificate, found, now);
    if (found.ca.type === "ROOT") checkRoot(certificate, chain);
    else checkChain(certificate, chain, now);

    const { ca, status } = found;
    const { raw, validFromDate, validToDate } = certificate.x509;
    const installed = readCertificate(raw);
    await changePrivateCa(tx, ca.id, ca.status, {
      status: status === "PENDING_CERTIFICATE" || status === "EXPIRED" ? "ACTIVE" : ca.status,
      changedAt: now.getTime(),
      certificate: raw,
      chain: chain.length > 0 ? chain.map(({ x509 }) => pem("CERTIFICATE", x509.raw)).join("") : null,
      serial: serialHex(installed.serial),
      notBefore: validFromDate.getTime(),
      notAfter: validToDate.getTime(),
    });
    await replaceCaHashes(tx, ca.id, ocspHashes(installed));
  });
}

/** What must hold whoever signed it: it is for this CA's key and name, of a CA, and in force. */
function checkOwn({ x509, asn1 }: ReadCertificate, { ca }: FoundAuthority, now: Date): void {
  const { subjectPublicKeyInfo } = readCsr(ca.csr ?? Buffer.alloc(0));
  const own = readCertificate(x509.raw);
  if (!own.subjectPublicKeyInfo.equals(subjectPublicKeyInfo)) {
    throw malformed("The public key of the certificate is not the one of the certificate authority's request.");
  }
  const before = ca.certificate && readCertificate(ca.certificate).subject;
  if (before && !own.subject.equals(before)) {
    throw malformed("The subject of the certificate must stay that of the certificate it replaces.");
  }
  if (own.subject.equals(subjectDer({})))
    throw malformed("The certificate of a certificate authority must have a subject.");
  const { version, extensions = [] } = asn1.tbsCertificate;
  if (version !== 2) throw malformed("The certificate must be an X.509 version 3 certificate.");
  checkExtensions(extensions);
  if (!x509.ca)
    throw malformed("The certificate is not that of a CA: its basic constraints must be critical, with CA:TRUE.");
  if (x509.validToDate < now) throw malformed(`The certificate expired ${x509.validToDate.toISOString()}.`);
  if (x509.validFromDate >= x509.validToDate) throw malformed("The certificate ends before it begins.");
}

function checkExtensions(extensions: readonly Extension[]): void {
  const ids = extensions.map(({ extnID }) => extnID);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw malformed(`The certificate has the extension ${twice} twice.`);
  checkCritical(extensions);
  const constraints = extensions.find(({ extnID }) => extnID === OID.basicConstraints);
  if (!constraints?.critical || !AsnConvert.parse(constraints.extnValue.buffer, BasicConstraints).cA) {
    throw malformed("The basic constraints of the certificate must be critical, with CA:TRUE.");
  }
  const usage = extensions.find(({ extnID }) => extnID === OID.keyUsage);
  if (usage && (AsnConvert.parse(usage.extnValue.buffer, KeyUsage).toNumber() & KeyUsageFlags.keyCertSign) === 0) {
    throw malformed("The key usage of the certificate does not allow it to sign certificates.");
  }
}

/** Only these may be critical, here and in the chain. */
function checkCritical(extensions: readonly Extension[]): void {
  const forbidden = extensions.find(({ extnID, critical }) => critical && !MAY_BE_CRITICAL.has(extnID));
  if (forbidden) throw malformed(`The extension ${forbidden.extnID} must not be critical.`);
}

function checkRoot(certificate: ReadCertificate, chain: readonly ReadCertificate[]): void {
  if (!isSelfSigned(certificate)) {
    throw new Refusal(
      "private-ca-certificate-mismatch",
      "Only a self-signed certificate can be imported as a root CA.",
    );
  }
  if (chain.length > 0) {
    throw new Refusal("private-ca-request-forbidden", "The certificate of a root CA must be imported without a chain.");
  }
}

function readCertificates(bytes: Uint8Array, field: string, most: number): ReadCertificate[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const blocks = attempt(() => parsePem(text, most), `The ${field} is not valid PEM`);
  return blocks.map(({ label: kind, der, line }) => {
    if (kind !== "CERTIFICATE") throw malformed(`The ${field} holds a ${kind} in line ${line}.`);
    const read = attempt(
      () => readStrictly(der),
      `The block of the ${field} that begins in line ${line} is no certificate`,
    );
    attempt(() => label(read), `The ${field} is malformed`);
    return read;
  });
}

/** What parsers throw is the user's fault here. */
function attempt<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (error) {
    throw malformed(error instanceof PemError ? `${message}: ${error.message}.` : `${message}.`, error);
  }
}

function malformed(message: string, cause?: unknown): Refusal {
  return new Refusal("private-ca-certificate-malformed", message, cause === undefined ? undefined : { cause });
}

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_ImportCertificateAuthorityCertificate.html */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  OID.authorityKeyIdentifier,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.extKeyUsage,
  "2.5.29.54", // inhibitAnyPolicy
  "2.5.29.18", // issuerAltName
  OID.keyUsage,
  OID.nameConstraints,
  "2.5.29.33", // policyMappings
  OID.subjectAltName,
  "2.5.29.9", // subjectDirectoryAttributes
  OID.subjectKeyIdentifier,
  OID.subjectInfoAccess,
]);
