import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate from elsewhere with its key, as PEM text. */
export interface Foreign {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface ForeignOptions {
  /** For example `C=AU, O=Example, CN=www.example.org`. */
  readonly subject?: string;
  readonly names: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly key?: "P-256" | "P-384" | "RSA-2048";
  readonly extensions?: readonly x509.Extension[];
}

/** A certificate that its own key signed. */
export async function selfSigned(options: ForeignOptions): Promise<Foreign> {
  const { names, notBefore = new Date("2026-11-01T00:00:00Z"), notAfter = new Date("2027-11-01T00:00:00Z") } = options;
  const algorithm = ALGORITHMS[options.key ?? "P-256"];
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: options.subject ?? `CN=${names[0]}`,
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
      ...(options.extensions ?? []),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: certificate.toString("pem"), privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

/** A critical keyUsage extension: 1 is digitalSignature, 16 keyAgreement (RFC 5280 section 4.2.1.3, least bit first). */
export function keyUsage(flags: number): x509.Extension {
  return new x509.KeyUsagesExtension(flags, true);
}

export function extendedKeyUsage(...oids: string[]): x509.Extension {
  return new x509.ExtendedKeyUsageExtension(oids);
}

/** What goes into the members of ImportCertificate: base64 of PEM. */
export function blob(pem: string): string {
  return Buffer.from(pem).toString("base64");
}

const ALGORITHMS = {
  "P-256": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  "P-384": { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  "RSA-2048": {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  },
} as const;
