import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { type Der, encode, sequence, tagged, taggedAscii, taggedBytes, utf8String } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName } from "#lib/x509-certificate.ts";
import { checkExtensions } from "./requested-extensions.ts";

/** Checks a subjectAltName that a CSR asks for. */
function check(...names: readonly Der[]): void {
  const wanted = { id: OID.subjectAltName, critical: false, value: encode(sequence(...names)) };
  checkExtensions([wanted], (reason) => new Refusal("private-ca-csr-malformed", reason));
}

const directory = tagged(4, distinguishedName([[OID.commonName, utf8String("Jane Doe")]]));

describe("alternative names that a CSR asks for", () => {
  test.for<[title: string, name: Der]>([
    ["a host", taggedAscii(2, "_private.host")],
    ["a mailbox", taggedAscii(1, '"Jane Doe"@example.com')],
    ["a URI", taggedAscii(6, "spiffe://example.com/a")],
    ["an IPv4 address", taggedBytes(7, Buffer.alloc(4))],
    ["an IPv6 address", taggedBytes(7, Buffer.alloc(16))],
    ["a directory name", directory],
  ])("may be %s", ([, name]) => check(name));

  test.for<[title: string, name: Der]>([
    ["a host that others read up to a NUL only", taggedBytes(2, Buffer.from("evil.org\0.example.com"))],
    ["a host with a line break", taggedBytes(2, Buffer.from("example.com\nevil.org"))],
    ["a host that is not ASCII", taggedBytes(2, Buffer.from("bücher.example"))],
    ["no host", taggedBytes(2, Buffer.alloc(0))],
    ["a mailbox with a NUL", taggedBytes(1, Buffer.from("ceo@evil.org\0@example.com"))],
    ["a URI with a NUL", taggedBytes(6, Buffer.from("https://evil.org\0.example.com/"))],
    ["an address of five bytes", taggedBytes(7, Buffer.alloc(5))],
    ["a directory name that is none", tagged(4, utf8String("nobody"))],
  ])("cannot be %s: MalformedCSRException", ([, name]) => {
    expect(() => check(name)).toThrow("the value of the extension 2.5.29.17 is malformed");
  });
});
