import { AsnConvert } from "@peculiar/asn1-schema";
import { BasicConstraints, Name, SubjectAlternativeName } from "@peculiar/asn1-x509";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import { type DomainName, parseDomainName } from "#domain/names.ts";
import { OID } from "#lib/oids.ts";
import { keyAlgorithm } from "#lib/x509-algorithms.ts";
import { CsrError, type RequestedExtension, readCsr } from "#lib/x509-csr.ts";

/** What a CSR asks for, as far as this CA listens: a key and names. */
export interface RequestedCertificate {
  /** Distinct; the common name leads, where there is one. */
  readonly names: readonly DomainName[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly subjectPublicKeyInfo: Buffer;
}

/**
 * Reads a CSR whose signature holds. Other extensions and parts of the subject than names are left out of the
 * certificate, as its profile has no place for them; what would be missed is refused. Throws CsrError.
 */
export function readRequestedCertificate(der: Uint8Array): RequestedCertificate {
  const { subject, publicKey, subjectPublicKeyInfo, extensions } = readCsr(der);
  const algorithm = keyAlgorithm(publicKey);
  if (!algorithm || algorithm === "RSA_1024") throw new CsrError(`its key cannot be certified: ${KEYS} can`);
  refuseMissed(extensions);
  const alternative = alternativeNames(extensions.find(({ id }) => id === OID.subjectAltName));
  const common = commonNames(subject);
  if (common.length > 1) throw new CsrError("its subject has several common names");
  const names = [...new Set([...common, ...alternative])];
  if (names.length === 0) throw new CsrError("it names no domain");
  return { names, keyAlgorithm: algorithm, subjectPublicKeyInfo };
}

function alternativeNames(extension: RequestedExtension | undefined): readonly DomainName[] {
  if (!extension) return [];
  const names = read(
    () => AsnConvert.parse(extension.value, SubjectAlternativeName),
    "its subjectAltName is malformed",
  );
  const found = names.map(({ dNSName }) => {
    if (dNSName === undefined) throw new CsrError("its subjectAltName holds something else than domain names");
    return readName(dNSName);
  });
  const twice = found.find((name, index) => found.indexOf(name) !== index);
  if (twice !== undefined) throw new CsrError(`its subjectAltName holds ${twice} twice`);
  return found;
}

function commonNames(subject: Buffer): readonly DomainName[] {
  const name = read(() => AsnConvert.parse(subject, Name), "its subject is malformed");
  const attributes = name.flatMap((relative) => [...relative]).filter(({ type }) => type === OID.commonName);
  return attributes.map(({ value }) => read(() => readName(value.toString()), "its common name is no domain name"));
}

/** A certificate without these would not do what was asked for. */
function refuseMissed(extensions: readonly RequestedExtension[]): void {
  for (const { id, value } of extensions) {
    if (id === TLS_FEATURE) throw new CsrError("it asks for OCSP must-staple, which certificates here do not have");
    const isCa = (): boolean =>
      read(() => AsnConvert.parse(value, BasicConstraints), "its basicConstraints are malformed").cA;
    if (id === OID.basicConstraints && isCa()) throw new CsrError("it asks for a CA certificate");
  }
}

function readName(text: string): DomainName {
  const name = text.endsWith(".") ? undefined : parseDomainName(text);
  if (name === undefined) throw new CsrError(`"${text.slice(0, 253)}" is no domain name`);
  return name;
}

function read<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof CsrError ? error : new CsrError(problem, { cause: error });
  }
}

/** RFC 7633 */
const TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
const KEYS = "RSA of 2048, 3072 or 4096 bits, and EC on P-256, P-384 or P-521";
