import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { encode, sequence } from "#lib/der.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { commonNameOnly, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { authorityKeyIdentifier, subjectAltName } from "#lib/x509-extensions.ts";
import { certificateId } from "./certificate-id.ts";

const certificate = (extensions: Parameters<typeof tbsCertificate>[0]["extensions"]): Buffer => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { identifier } = signatureAlgorithm("EC_prime256v1");
  const tbs = tbsCertificate({
    serial: Buffer.from("87654321", "hex"),
    algorithm: identifier,
    issuer: commonNameOnly("Example CA"),
    notBefore: new Date("2026-01-01"),
    notAfter: new Date("2027-01-01"),
    subject: encode(sequence()),
    subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
    extensions,
  });
  return signed(tbs, identifier, Buffer.alloc(64, 1));
};

test("the certificate of RFC 9773 section 4.1 is named as it is there: the serial number with its leading zero", () => {
  const keyId = Buffer.from("69885b6b87464041e1b37b847ba0ae2cde01c8d4", "hex");
  const der = certificate([authorityKeyIdentifier(keyId), subjectAltName(["example.com"], true)]);
  expect(certificateId(der)).toBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
});

test("a certificate that does not name its issuer's key has no such name", () => {
  expect(certificateId(certificate([subjectAltName(["example.com"], true)]))).toBeUndefined();
});
