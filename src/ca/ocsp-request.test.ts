import { OCSPRequest } from "@peculiar/asn1-ocsp";
import { AsnConvert } from "@peculiar/asn1-schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Der, encode, integer, NULL, octetString, oid, sequence, TRUE, tagged } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { serialHex } from "#lib/x509-certificate.ts";
import { readOcspRequest } from "./ocsp-request.ts";

interface Asked {
  readonly hash: "sha1" | "sha256" | "sha384" | "sha512";
  readonly parameters: boolean;
  readonly name: Uint8Array;
  readonly key: Uint8Array;
  readonly serial: Uint8Array;
  readonly extension: boolean;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  hash: fc.constantFrom("sha1", "sha256", "sha384", "sha512"),
  parameters: fc.boolean(),
  name: fc.uint8Array({ minLength: 20, maxLength: 64 }),
  key: fc.uint8Array({ minLength: 20, maxLength: 64 }),
  serial: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  extension: fc.boolean(),
});

const certId = ({ hash, parameters, name, key, serial }: Asked): Buffer =>
  encode(
    sequence(
      sequence(oid(OID[hash]), ...(parameters ? [NULL] : [])),
      octetString(name),
      octetString(key),
      integer(serial),
    ),
  );
const otherExtension = sequence(oid("1.3.6.1.5.5.7.48.1.4"), octetString(Buffer.from([0x30, 0x00])));

function request(
  questions: readonly Asked[],
  more: { version?: boolean; nonce?: Uint8Array; last?: Der } = {},
): Buffer {
  const list = questions.map((one) =>
    sequence(certId(one), ...(one.extension ? [tagged(0, sequence(otherExtension))] : [])),
  );
  const extensions = [
    ...(more.nonce ? [sequence(oid(OID.ocspNonce), octetString(octetString(more.nonce)))] : []),
    ...(more.last ? [more.last] : []),
  ];
  return encode(
    sequence(
      sequence(
        ...(more.version ? [tagged(0, integer(0))] : []),
        sequence(...list),
        ...(extensions.length > 0 ? [tagged(2, sequence(...extensions))] : []),
      ),
    ),
  );
}

describe("an OCSP request", () => {
  test("is read as it was written, and as @peculiar/asn1-ocsp reads it", () => {
    fc.assert(
      fc.property(
        fc.array(asked, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined }),
        (questions, version, nonce) => {
          const bytes = request(questions, { version, ...(nonce ? { nonce } : {}) });
          const read = readOcspRequest(bytes)!;
          expect(read.certificates.map((one) => one.certId)).toEqual(questions.map(certId));
          expect(read.certificates.map(({ hash }) => hash)).toEqual(questions.map(({ hash }) => hash));
          expect(read.nonce === undefined).toBe(nonce === undefined || nonce.length > 32);
          expect(agreesWithLibrary(bytes)).toBe(questions.every(({ extension }) => !extension));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("that is damaged is malformed, or reads alike in both", () => {
    fc.assert(
      fc.property(asked, fc.nat(), fc.nat(255), fc.nat(), (question, at, value, cut) => {
        const bytes = request([question], { version: true, nonce: Buffer.alloc(8), last: otherExtension });
        const damaged = Buffer.from(bytes);
        damaged[at % damaged.length] = value;
        agreesWithLibrary(damaged);
        agreesWithLibrary(bytes.subarray(0, cut % bytes.length));
      }),
      { numRuns: 400 },
    );
  });

  test("may be any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        agreesWithLibrary(Buffer.from(bytes));
        agreesWithLibrary(encode(sequence(sequence(Buffer.from(bytes)))));
      }),
      { numRuns: 500 },
    );
  });

  const one: Asked = {
    hash: "sha1",
    parameters: true,
    name: Buffer.alloc(20, 1),
    key: Buffer.alloc(20, 2),
    serial: Buffer.from([7]),
    extension: false,
  };
  const algorithm = sequence(oid(OID.sha1), NULL);
  const id = sequence(algorithm, octetString(one.name), octetString(one.key), integer(7));
  test.for([
    ["a version 2", sequence(sequence(tagged(0, integer(1)), sequence(sequence(id))))],
    ["no list", sequence(sequence())],
    ["two lists", sequence(sequence(sequence(sequence(id)), sequence(sequence(id))))],
    ["something after the signature", sequence(sequence(sequence(sequence(id))), tagged(0, sequence()), tagged(1))],
    [
      "a CertID without a serial number",
      sequence(sequence(sequence(sequence(sequence(algorithm, octetString(one.name), octetString(one.key)))))),
    ],
    [
      "a CertID with more in it",
      sequence(
        sequence(
          sequence(sequence(sequence(algorithm, octetString(one.name), octetString(one.key), integer(7), NULL))),
        ),
      ),
    ],
    [
      "an unknown critical extension of one question",
      sequence(sequence(sequence(sequence(id, tagged(0, sequence(sequence(oid("1.2.3"), TRUE, octetString(NULL)))))))),
    ],
    [
      "an extension without a value",
      sequence(sequence(sequence(sequence(id)), tagged(2, sequence(sequence(oid("1.2.3")))))),
    ],
  ] as const)("with %s is malformed", ([, bytes]) => {
    expect(readOcspRequest(encode(bytes))).toBeUndefined();
  });

  test("by a hash with other parameters than NULL names nobody", () => {
    const odd = sequence(
      sequence(oid(OID.sha1), octetString(NULL)),
      octetString(one.name),
      octetString(one.key),
      integer(7),
    );
    expect(readOcspRequest(encode(sequence(sequence(sequence(sequence(odd))))))?.certificates[0]?.hash).toBeUndefined();
  });
});

/**
 * What both accept says the same. The library knows no extensions of single questions, and reads the requestor's name,
 * which we pass over: so it takes less. `true` where it read it.
 */
function agreesWithLibrary(bytes: Buffer): boolean {
  const ours = readOcspRequest(bytes);
  if (!ours) return false;
  let requestList: OCSPRequest["tbsRequest"]["requestList"];
  try {
    ({ requestList } = AsnConvert.parse(bytes, OCSPRequest).tbsRequest);
  } catch {
    return false;
  }
  expect(
    requestList.map(({ reqCert: { issuerNameHash, issuerKeyHash, serialNumber } }) =>
      [issuerNameHash.buffer, issuerKeyHash.buffer, serialNumber].map((part) => serialHex(Buffer.from(part))),
    ),
  ).toEqual(
    ours.certificates.map(({ issuerNameHash, issuerKeyHash, serial }) => [
      serialHex(issuerNameHash),
      serialHex(issuerKeyHash),
      serial,
    ]),
  );
  return true;
}
