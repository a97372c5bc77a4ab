import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type Der, utf8String } from "#lib/der.ts";
import { DAY } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem, privatePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type KeyAlgorithm, keyAlgorithm, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { distinguishedName, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { caConstraints, subjectAltName } from "#lib/x509-extensions.ts";

/** A certificate with its key, as somebody else's CA might have made it. */
export interface TestCertificate {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly der: Buffer;
  readonly pem: string;
}

export interface TestCertificateFields {
  readonly name?: Buffer;
  readonly key?: KeyObject;
  /** Itself when undefined. */
  readonly issuer?: Pick<TestCertificate, "name" | "key">;
  readonly serial?: Buffer;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly Der[];
}

/** Around this time the test certificates are valid. */
export const TEST_TIME: Date = new Date("2026-11-22T12:00:00Z");

export function testKey(algorithm: KeyAlgorithm = "EC_prime256v1"): KeyObject {
  const [family, size = ""] = algorithm.split("_");
  return family === "RSA"
    ? generateKeyPairSync("rsa", { modulusLength: Number(size) }).privateKey
    : generateKeyPairSync("ec", { namedCurve: size }).privateKey;
}

export function commonName(text: string): Buffer {
  return distinguishedName([[OID.commonName, utf8String(text)]]);
}

/** A certificate for example.com, with whatever is to be different. */
export function testCertificate(fields: TestCertificateFields = {}): TestCertificate {
  const { name = commonName("example.com"), key = testKey() } = fields;
  const signer = fields.issuer ?? { name, key };
  const algorithm = signatureAlgorithm(keyAlgorithm(signer.key) ?? "RSA_2048");
  const tbs = tbsCertificate({
    serial: fields.serial ?? Buffer.from("07717100ff", "hex"),
    algorithm: algorithm.identifier,
    issuer: signer.name,
    notBefore: fields.notBefore ?? new Date(TEST_TIME.getTime() - DAY),
    notAfter: fields.notAfter ?? new Date(TEST_TIME.getTime() + 90 * DAY),
    subject: name,
    subjectPublicKeyInfo: createPublicKey(key).export({ type: "spki", format: "der" }),
    extensions: fields.extensions ?? [subjectAltName(["example.com", "www.example.com"], false)],
  });
  const der = signed(tbs, algorithm.identifier, sign(algorithm.hash, tbs, signer.key));
  return { name, key, der, pem: pem("CERTIFICATE", der) };
}

/** A CA under `issuer`, or a root. */
export function testCa(
  text: string,
  fields: TestCertificateFields & { readonly pathLength?: number } = {},
): TestCertificate {
  return testCertificate({ extensions: [caConstraints(fields.pathLength)], name: commonName(text), ...fields });
}

/** The PKCS #8 PEM of a private key, as a user would send it. */
export function keyPem(key: KeyObject): PlaintextKey {
  return new PlaintextKey(privatePem("PRIVATE KEY", key.export({ type: "pkcs8", format: "der" })));
}
