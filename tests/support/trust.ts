import "reflect-metadata";
import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { DAY, later } from "#lib/duration.ts";

/** A CA of the test's, whose certificates clients present. */
export interface TestAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly publicKey: KeyObject;
  /** A client's certificate, PEM. */
  leaf(name: string): Promise<string>;
  /** A revocation list with these serial numbers, DER. */
  crl(serials: readonly string[]): Promise<Buffer>;
}

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const rsa = (modulusLength: number) => ({
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: Uint8Array.of(1, 0, 1),
  modulusLength,
});

/** An EC key, or an RSA key of so many bits. */
export async function testAuthority(name: string, bits?: number): Promise<TestAuthority> {
  const signingAlgorithm = bits === undefined ? EC : rsa(bits);
  const keys = await pair(signingAlgorithm);
  const now = new Date();
  const dates = { notBefore: later(now, -DAY), notAfter: later(now, DAY) };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm,
    ...dates,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: `${certificate.toString("pem")}\n`,
    publicKey: createPublicKey(`${certificate.toString("pem")}\n`),
    async leaf(subject) {
      const leaf = await x509.X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: certificate.subject,
        publicKey: (await pair(EC)).publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm,
        ...dates,
      });
      return `${leaf.toString("pem")}\n`;
    },
    async crl(serials) {
      const crl = await x509.X509CrlGenerator.create({
        issuer: certificate.subject,
        thisUpdate: dates.notBefore,
        nextUpdate: dates.notAfter,
        entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: dates.notBefore })),
        signingAlgorithm,
        signingKey: keys.privateKey,
      });
      return Buffer.from(crl.rawData);
    },
  };
}

async function pair(algorithm: webcrypto.AlgorithmIdentifier): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm as never, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}
