import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import {
  type Der,
  encode,
  ia5String,
  NULL,
  oid,
  sequence,
  tagged,
  taggedAscii,
  taggedBytes,
  utf8String,
} from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName } from "#lib/x509-certificate.ts";
import { checkExtensions } from "./requested-extensions.ts";

/** Checks an extension that a CSR asks for. */
function checkValue(id: string, value: Buffer): void {
  checkExtensions([{ id, critical: false, value }], (reason) => new Refusal("private-ca-csr-malformed", reason));
}

function check(...names: readonly Der[]): void {
  checkValue(OID.subjectAltName, encode(sequence(...names)));
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

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const permitted = (...bases: readonly Der[]): Der => tagged(0, ...bases.map((base) => sequence(base)));
const excluded = (...bases: readonly Der[]): Der => tagged(1, ...bases.map((base) => sequence(base)));

describe("an extension that a CSR asks for", () => {
  test.for<[title: string, id: string, value: Der]>([
    ["a key usage", OID.keyUsage, hex("03020780")],
    ["a key usage of two bytes", OID.keyUsage, hex("0303070080")],
    ["purposes", OID.extKeyUsage, sequence(oid(OID.serverAuth), oid(OID.clientAuth))],
    ["a purpose of a large arc", OID.extKeyUsage, sequence(hex("0614698399f8d5c1a3e6e5f6dff0b1a2c3d4e5f60708"))],
    ["a policy", OID.certificatePolicies, sequence(sequence(oid("1.2.3")))],
    [
      "a policy with a qualifier",
      OID.certificatePolicies,
      sequence(sequence(oid("1.2.3"), sequence(sequence(oid(OID.policyCps), ia5String("http://a.example"))))),
    ],
    [
      "name constraints",
      OID.nameConstraints,
      sequence(permitted(taggedAscii(2, ""), directory), excluded(taggedBytes(7, Buffer.alloc(32)))),
    ],
    ["another, of any form", "1.2.3.4", NULL],
  ])("may be %s", ([, id, value]) => checkValue(id, encode(value)));

  test.for<[title: string, id: string, value: Der]>([
    ["a key usage in pieces, which OpenSSL reads as keyCertSign", OID.keyUsage, hex("230603020780")],
    ["a key usage without a bit", OID.keyUsage, hex("030100")],
    ["a key usage of zeros", OID.keyUsage, hex("03020000")],
    ["a key usage with more bits than there are", OID.keyUsage, hex("030400800000")],
    ["a key usage whose unused bits are set", OID.keyUsage, hex("03020781")],
    ["a key usage with eight unused bits", OID.keyUsage, hex("03020880")],
    ["a key usage of another type", OID.keyUsage, hex("04020780")],
    ["no purposes", OID.extKeyUsage, sequence()],
    ["purposes that are none", OID.extKeyUsage, sequence(NULL)],
    ["a purpose that stands alone", OID.extKeyUsage, oid(OID.serverAuth)],
    ["a purpose that is cut off", OID.extKeyUsage, sequence(hex("06022a86"))],
    ["a purpose that is not in its shortest form", OID.extKeyUsage, sequence(hex("06032a8001"))],
    ["no policies", OID.certificatePolicies, sequence()],
    ["a policy without its identifier", OID.certificatePolicies, sequence(sequence(NULL))],
    ["a policy that stands alone", OID.certificatePolicies, sequence(oid("1.2.3"))],
    ["no constraints", OID.nameConstraints, sequence()],
    ["constraints without a subtree", OID.nameConstraints, sequence(permitted())],
    [
      "a subtree with a minimum",
      OID.nameConstraints,
      sequence(tagged(0, sequence(taggedAscii(2, "a"), hex("800101")))),
    ],
    ["a subtree that is no SEQUENCE", OID.nameConstraints, sequence(tagged(0, tagged(1, taggedAscii(2, "a"))))],
    ["permitted names twice", OID.nameConstraints, sequence(permitted(directory), permitted(directory))],
    ["an address without its mask", OID.nameConstraints, sequence(permitted(taggedBytes(7, Buffer.alloc(4))))],
    ["a host with a NUL", OID.nameConstraints, sequence(permitted(taggedBytes(2, Buffer.from("a\0b"))))],
    ["a base of an unknown kind", OID.nameConstraints, sequence(permitted(NULL))],
    ["a directory that cannot be compared", OID.nameConstraints, sequence(permitted(tagged(4, sequence(NULL))))],
  ])("cannot be %s: MalformedCSRException", ([, id, value]) => {
    expect(() => checkValue(id, encode(value))).toThrow(`the value of the extension ${id} is malformed`);
  });
});
