import { AsnConvert } from "@peculiar/asn1-schema";
import { Extension } from "@peculiar/asn1-x509";
import { expect, test } from "vitest";
import {
  type Der,
  encode,
  integer,
  NULL,
  namedBits,
  octetString,
  sequence,
  TRUE,
  tagged,
  taggedAscii,
} from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { anyExtension } from "#lib/x509-extensions.ts";
import { checkReadableExtensions } from "./imported-extensions.ts";

function check(id: string, value: Der): void {
  checkReadableExtensions([AsnConvert.parse(encode(anyExtension(id, true, value)), Extension)], "CN=ca");
}

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const subtrees = (count: number): Der =>
  tagged(0, ...Array.from({ length: count }, (_, at) => sequence(taggedAscii(2, `n${at}.example`))));

test.for<[title: string, id: string, value: Der]>([
  ["basic constraints", OID.basicConstraints, sequence(TRUE, integer(3))],
  ["a key usage", OID.keyUsage, namedBits([5, 6])],
  ["a subject key identifier", OID.subjectKeyIdentifier, octetString(Buffer.alloc(20))],
  ["name constraints", OID.nameConstraints, sequence(subtrees(1000))],
  ["another extension, whatever it holds", "1.2.3.4", hex("ff")],
])("a CA's certificate may have %s", ([, id, value]) => check(id, value));

test.for<[title: string, id: string, value: Der]>([
  ["nameConstraints of an indefinite length", OID.nameConstraints, hex("3080a00730058203612e620000")],
  ["nameConstraints with bytes behind them", OID.nameConstraints, hex("3009a00730058203612e620500")],
  ["nameConstraints whose subtree has no base", OID.nameConstraints, sequence(tagged(0, sequence()))],
  ["nameConstraints of what is no Name", OID.nameConstraints, sequence(tagged(0, sequence(tagged(4, NULL))))],
  ["basicConstraints that are none", OID.basicConstraints, NULL],
  ["basicConstraints with bytes behind them", OID.basicConstraints, hex("30030101ff0500")],
  ["keyUsage that is none", OID.keyUsage, sequence()],
  ["keyUsage in pieces", OID.keyUsage, hex("230603020780")],
  ["subjectKeyIdentifier that is none", OID.subjectKeyIdentifier, sequence()],
])("a CA's certificate cannot have %s: MalformedCertificateException", ([title, id, value]) => {
  const [name = ""] = title.split(" ");
  expect(() => check(id, value)).toThrow(`The ${name} extension of the certificate of CN=ca is malformed.`);
});

test("a CA's certificate has a thousand name constraints at most, permitted and excluded together", () => {
  const value = sequence(subtrees(1000), tagged(1, sequence(taggedAscii(2, "x.example"))));
  expect(() => check(OID.nameConstraints, value)).toThrow("has 1001 name constraints; 1000 are allowed");
});
