import { expect, test } from "vitest";
import { authorityKeyIdentifier, subjectAltName } from "#lib/x509-extensions.ts";
import { testCertificate } from "../../../tests/support/certificates.ts";
import { certificateId } from "./certificate-id.ts";

const serial = Buffer.from("87654321", "hex");
const names = subjectAltName(["example.com"], false);

test("the certificate of RFC 9773 section 4.1 is named as it is there: the serial number with its leading zero", () => {
  const keyId = Buffer.from("69885b6b87464041e1b37b847ba0ae2cde01c8d4", "hex");
  const { der } = testCertificate({ serial, extensions: [authorityKeyIdentifier(keyId), names] });
  expect(certificateId(der)).toBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
});

test("a certificate that does not name its issuer's key has no such name", () => {
  expect(certificateId(testCertificate({ serial, extensions: [names] }).der)).toBeUndefined();
});
