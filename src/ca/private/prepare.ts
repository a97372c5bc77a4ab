import { X509Certificate } from "node:crypto";
import { LintError } from "#ca/lint/lint.ts";
import { freshSerial } from "#ca/serials.ts";
import type { Period } from "#domain/certificate/validity.ts";
import type { ApiPassthrough } from "#domain/private-ca/extensions.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";
import type { Template } from "#domain/private-ca/templates.ts";
import { issuedPeriod, type Validity } from "#domain/private-ca/validity.ts";
import { Refusal } from "#domain/refusal.ts";
import { signed, tbsCertificate } from "#lib/x509-certificate.ts";
import type { CertificateRequest } from "#lib/x509-csr.ts";
import { brokenConstraint } from "#lib/x509-name-constraints.ts";
import {
  type CaKeyAlgorithm,
  caKeyAlgorithm,
  SIGNATURES,
  SIGNS_WITH,
  type SignatureName,
} from "#lib/x509-signatures.ts";
import { insertIssued } from "#store/private-ca-certificates.ts";
import type { PrivateCaRow } from "#store/private-cas.ts";
import type { Tx } from "#store/store.ts";
import { compile } from "./compile.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { lintPrivate } from "./lint.ts";
import { type OpenAuthority, openAuthority } from "./open-authority.ts";
import { revocationPlaces } from "./urls.ts";

/** What a private CA is to certify. */
export interface ToCertify {
  readonly template: Template;
  readonly request: CertificateRequest;
  readonly passthrough: ApiPassthrough;
  readonly signature: SignatureName;
  readonly validity: Validity;
  readonly validityNotBefore: Validity | undefined;
}

/** For whom: what is kept beside the certificate. */
export interface AskedBy {
  readonly requestKey: string | null;
  readonly certificateArn: string | null;
  readonly generation: number | null;
  readonly requestedBy: string | null;
}

/**
 * Writes down, in the caller's transaction, what is about to be signed: serial number and linted TBSCertificate. Answers
 * the serial number; undefined, and nothing is written, when the same request is there already. Throws refusals for what
 * this CA will not sign: validity, path length, name constraints, a CSR or an extension that is malformed.
 */
export async function prepareIssued(
  tx: Tx,
  ca: PrivateCaRow,
  asked: ToCertify,
  by: AskedBy,
  { clock, signers }: Pick<PrivateCaDeps, "clock" | "signers">,
): Promise<string | undefined> {
  const now = clock.now();
  const authority = openAuthority(ca, signers);
  const { template, request, signature } = asked;
  checkKeys(ca, asked);
  const period = periodOf(ca, asked, now);
  checkPathLength(template, authority);
  if (template.kind === "root") checkOwnRequest(request, authority);

  const issuer = { ...authority, algorithm: SIGNATURES[signature] };
  const serial = freshSerial();
  const hex = serial.toString("hex");
  const revocation = JSON.parse(ca.revocation) as RevocationConfiguration;
  const places = revocationPlaces(ca.id, hex, revocation, signers.caUrl);
  const compiled = compile({ ...asked, ...places, issuerKeyId: authority.keyId });
  checkNames(compiled, template, authority);
  const tbs = tbsCertificate({
    serial,
    algorithm: issuer.algorithm.identifier,
    issuer: template.kind === "root" ? compiled.subject.der : authority.name,
    ...period,
    subject: compiled.subject.der,
    subjectPublicKeyInfo: request.subjectPublicKeyInfo,
    extensions: compiled.extensions,
  });
  lint(tbs, { issuer: template.kind === "root" ? { ...issuer, name: compiled.subject.der } : issuer, template, now });
  checkReadable(tbs, issuer.algorithm.identifier);

  const inserted = await insertIssued(tx, {
    caId: ca.id,
    serial: hex,
    arnId: hex,
    ...by,
    signature,
    tbs,
    template: template.name,
    subject: compiled.subject.text,
    notBefore: period.notBefore.getTime(),
    notAfter: period.notAfter.getTime(),
    preparedAt: now.getTime(),
  });
  return inserted ? hex : undefined;
}

/** The signature must be one that the CA's key can make, and the key one that is certified. */
function checkKeys(ca: PrivateCaRow, { request, signature }: ToCertify): void {
  checkSignature(ca.keyAlgorithm, signature);
  if (!caKeyAlgorithm(request.publicKey)) {
    throw new Refusal(
      "private-ca-csr-malformed",
      `The certificate signing request is invalid: its key must be of ${Object.keys(SIGNS_WITH).join(", ")}.`,
    );
  }
}

/** Throws `private-ca-args-invalid`, in AWS's words, unless keys of this kind can sign so. */
export function checkSignature(key: CaKeyAlgorithm, signature: string): void {
  const valid: readonly string[] = SIGNS_WITH[key];
  if (valid.includes(signature)) return;
  throw new Refusal(
    "private-ca-args-invalid",
    `Signing algorithm ${signature} cannot be used with key type ${key}. Valid signing algorithms are: ${[...valid].sort().join(", ")}.`,
  );
}

function periodOf(ca: PrivateCaRow, { template, validity, validityNotBefore }: ToCertify, now: Date): Period {
  const own =
    ca.notBefore === null || ca.notAfter === null
      ? undefined
      : { notBefore: new Date(ca.notBefore), notAfter: new Date(ca.notAfter) };
  const authority = template.kind === "root" ? undefined : own;
  return issuedPeriod(validity, validityNotBefore, now, { authority, usageMode: ca.usageMode });
}

/** RFC 5280 section 4.2.1.9 */
function checkPathLength({ kind, pathLength = 0 }: Template, { limits }: OpenAuthority): void {
  if (kind !== "subordinate" || limits.pathLength === undefined) return;
  if (limits.pathLength < pathLength + 1) {
    throw new Refusal(
      "private-ca-args-invalid",
      `The path length of the certificate authority allows ${limits.pathLength} certificate authorities below it in a row; the template makes one that allows ${pathLength} more below itself.`,
    );
  }
}

/** A root signs itself: its own key, that is. */
function checkOwnRequest({ publicKey }: CertificateRequest, authority: OpenAuthority): void {
  if (publicKey.equals(authority.publicKey)) return;
  throw new Refusal(
    "private-ca-args-invalid",
    "A root CA certificate is for the certificate authority's own request: see GetCertificateAuthorityCsr.",
  );
}

function checkNames(compiled: ReturnType<typeof compile>, { kind }: Template, { limits }: OpenAuthority): void {
  if (kind === "root") return;
  const broken = brokenConstraint({ subject: compiled.subject, alternative: compiled.names }, limits.names);
  if (broken === undefined) return;
  throw new Refusal(
    "private-ca-names-forbidden",
    `The name constraints of the certificate authority forbid this certificate: ${broken}.`,
  );
}

/**
 * What OpenSSL does not read must not be signed either: the certificate that is made of it could never be read back.
 * Throws `private-ca-args-invalid`.
 */
export function checkReadable(tbs: Buffer, algorithm: Uint8Array): void {
  try {
    new X509Certificate(signed(tbs, algorithm, NO_SIGNATURE));
  } catch (error) {
    throw new Refusal("private-ca-args-invalid", "The certificate would be malformed: OpenSSL cannot read it.", {
      cause: error,
    });
  }
}

/** What is left when everything was checked one by one: a fault of extensions that were passed through. */
function lint(tbs: Buffer, context: Parameters<typeof lintPrivate>[1]): void {
  try {
    lintPrivate(tbs, context);
  } catch (error) {
    if (error instanceof LintError) throw new Refusal("private-ca-args-invalid", error.message, { cause: error });
    throw new Refusal("private-ca-args-invalid", "The certificate would be malformed: check what is passed through.", {
      cause: error,
    });
  }
}

/** In place of the signature that is yet to be made. */
const NO_SIGNATURE: Buffer = Buffer.alloc(64);
