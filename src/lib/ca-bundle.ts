import { X509Certificate } from "node:crypto";
import { PemError, parsePem, pem } from "./pem.ts";

/** What a bundle of CA certificates may hold. */
export interface BundleLimits {
  readonly certificates: number;
  /** Of one certificate. */
  readonly certificateBytes: number;
}

/** Bytes that are no bundle of CA certificates, or one that is too large; the message says why. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/**
 * The certificates of a PEM text, all of CAs, each once. Lines that begin with `#` are comments. Throws BundleError,
 * whatever the bytes are.
 */
export function readCaBundle(bytes: Uint8Array, limits: BundleLimits): readonly X509Certificate[] {
  const blocks = blocksOf(bytes, limits.certificates);
  if (blocks.length === 0) throw new BundleError("it holds no certificate");
  const seen = new Set<string>();
  return blocks.map(({ label, der, line }) => {
    const where = `the block in line ${line}`;
    if (label !== "CERTIFICATE") throw new BundleError(`${where} is ${label}, not CERTIFICATE`);
    if (der.length > limits.certificateBytes) {
      throw new BundleError(`${where} has ${der.length} bytes; a certificate can have ${limits.certificateBytes}`);
    }
    const certificate = parse(der, where);
    if (!certificate.ca) throw new BundleError(`${where} is not the certificate of a CA: ${certificate.subject}`);
    checkKey(certificate, where);
    if (seen.has(certificate.fingerprint256)) throw new BundleError(`${where} stands in it twice`);
    seen.add(certificate.fingerprint256);
    return certificate;
  });
}

/** The PEM text of certificates, without anything beside them. */
export function writeCaBundle(certificates: readonly X509Certificate[]): Buffer {
  return Buffer.from(certificates.map(({ raw }) => pem("CERTIFICATE", raw)).join(""));
}

function blocksOf(bytes: Uint8Array, most: number): ReturnType<typeof parsePem> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  try {
    return parsePem(text.replaceAll(/^#.*$/gm, ""), most);
  } catch (error) {
    if (error instanceof PemError) throw new BundleError(error.message, { cause: error });
    throw error;
  }
}

function parse(der: Buffer, where: string): X509Certificate {
  try {
    const certificate = new X509Certificate(der);
    if (certificate.raw.length !== der.length) throw new BundleError(`${where} has bytes behind its end`);
    return certificate;
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(`${where} is no certificate`, { cause: error });
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html (2026-09) */
function checkKey(certificate: X509Certificate, where: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, namedCurve = "" } = {} } = keyOf(
    certificate,
    where,
  );
  const good =
    type === "rsa" ? modulusLength >= 2048 && modulusLength <= 8192 : type === "ec" && CURVES.has(namedCurve);
  if (!good)
    throw new BundleError(`${where} has a key that is neither RSA of 2048 to 8192 bits nor P-256, P-384 or P-521`);
}

function keyOf(certificate: X509Certificate, where: string): X509Certificate["publicKey"] {
  try {
    return certificate.publicKey;
  } catch (error) {
    throw new BundleError(`${where} has a key that cannot be read`, { cause: error });
  }
}

const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
