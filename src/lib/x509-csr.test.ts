import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { encode, integer, NULL, octetString, oid, sequence, setOf, tagged, utf8String } from "./der.ts";
import { OID } from "./oids.ts";
import { distinguishedName, signed } from "./x509-certificate.ts";
import { CsrError, readCsr } from "./x509-csr.ts";
import { type CaKeyAlgorithm, generateCaKey, SIGNATURES, SIGNS_WITH } from "./x509-signatures.ts";

const NAME = distinguishedName([[OID.commonName, utf8String("device.example")]]);
const ALGORITHMS = Object.keys(SIGNS_WITH).filter((name) => !/3072|4096/.test(name)) as CaKeyAlgorithm[];

interface Parts {
  readonly version: number;
  readonly attributes: readonly Buffer[];
  readonly spki: Buffer;
  readonly signatureOver: (info: Buffer) => Buffer;
}

let key: KeyObject;
beforeAll(async () => {
  key = await generateCaKey("EC_prime256v1");
});

function csr(algorithm: CaKeyAlgorithm, privateKey: KeyObject, different: Partial<Parts> = {}): Buffer {
  const {
    version = 0,
    attributes = [],
    spki = createPublicKey(privateKey).export({ type: "spki", format: "der" }),
  } = different;
  const info = encode(sequence(integer(version), NAME, spki, tagged(0, ...attributes)));
  const { hash, identifier } = SIGNATURES[SIGNS_WITH[algorithm][0]!];
  return signed(info, identifier, different.signatureOver?.(info) ?? sign(hash, info, privateKey));
}

const extension = (id: string, value: Buffer, ...flag: readonly Buffer[]): Buffer =>
  encode(sequence(oid(id), ...flag, octetString(value)));
const flagged = (hex: string) => (): Partial<Parts> => ({
  attributes: [request(extension("1.2.3.4", NULL, Buffer.from(hex, "hex")))],
});
/** OpenSSL spells the curve of the key out. */
const spelledOut = (): Buffer => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1", paramEncoding: "explicit" });
  return csr("EC_prime256v1", privateKey);
};
const request = (...extensions: readonly Buffer[]): Buffer =>
  encode(sequence(oid(OID.extensionRequest), setOf(sequence(...extensions))));

describe("a certificate signing request", () => {
  test.for(ALGORITHMS)("is read, and its signature verified, with a key of %s", async (algorithm) => {
    const privateKey = await generateCaKey(algorithm);
    const read = readCsr(csr(algorithm, privateKey));
    expect(read.subject).toEqual(NAME);
    expect(read.publicKey.equals(createPublicKey(privateKey))).toBe(true);
    expect(read.extensions).toEqual([]);
  });

  test("tells the extensions that it asks for, in their order", () => {
    const value = encode(sequence(NULL));
    const read = readCsr(
      csr("EC_prime256v1", key, { attributes: [request(extension("1.2.3.4", value), extension("1.2.3.5", value))] }),
    );
    expect(read.extensions.map(({ id, critical }) => [id, critical])).toEqual([
      ["1.2.3.4", false],
      ["1.2.3.5", false],
    ]);
    expect(read.extensions[0]?.value).toEqual(value);
  });

  test.for<[title: string, different: () => Partial<Parts>, why: string]>([
    [
      "whose signature is of other bytes",
      () => ({ signatureOver: () => sign("sha256", Buffer.from("other"), key) }),
      "does not hold",
    ],
    ["of version 2", () => ({ version: 1 }), "its version is not 1"],
    [
      "that asks for an extension twice",
      () => ({ attributes: [request(extension("1.2.3.4", NULL), extension("1.2.3.4", NULL))] }),
      "twice",
    ],
    ["that asks for extensions twice", () => ({ attributes: [request(), request()] }), "twice"],
    ["whose extension has a criticality of 01", flagged("010101"), "one of its extensions is malformed"],
    ["whose extension has a criticality of 00", flagged("010100"), "one of its extensions is malformed"],
    ["whose extension has a criticality of two bytes", flagged("0102ffff"), "one of its extensions is malformed"],
    ["whose extension is no DER", () => ({ attributes: [request(extension("1.2.3.4", Buffer.from("junk")))] }), ""],
    ["whose key is none", () => ({ spki: encode(sequence(NULL)) }), "malformed"],
  ])("%s is refused", ([, different, why]) => {
    expect(() => readCsr(csr("EC_prime256v1", key, different()))).toThrow(CsrError);
    expect(() => readCsr(csr("EC_prime256v1", key, different()))).toThrow(why);
  });

  test("whose extension is critical says so", () => {
    const { extensions } = readCsr(csr("EC_prime256v1", key, flagged("0101ff")()));
    expect(extensions).toEqual([{ id: "1.2.3.4", critical: true, value: NULL }]);
  });

  test("whose key spells its curve out is refused (RFC 5480 section 2.1.1)", () => {
    const spelled = spelledOut();
    expect(spelled.length).toBeGreaterThan(400); // field, coefficients and generator stand in it
    expect(() => readCsr(spelled)).toThrow(CsrError);
    expect(() => readCsr(spelled)).toThrow("spells a curve out");
  });

  test("whatever the bytes are, they are read or refused with CsrError", () => {
    const good = csr("EC_prime256v1", key, { attributes: [request(extension("1.2.3.4", encode(sequence(NULL))))] });
    const mutant = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const cut = fc.nat(good.length).map((length) => good.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(mutant, cut, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        try {
          expect(readCsr(bytes).subject).toEqual(NAME); // what holds is what was signed
        } catch (error) {
          expect(error).toBeInstanceOf(CsrError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
