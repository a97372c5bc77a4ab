import fc from "fast-check";
import { expect, test } from "vitest";
import { type Der, encode, integer, oid, sequence, tagged, time } from "./der.ts";
import { DerError } from "./der-reader.ts";
import { OID } from "./oids.ts";
import { commonNameOnly, signed } from "./x509-certificate.ts";
import { readRevocationList } from "./x509-crl-reader.ts";
import { anyExtension } from "./x509-extensions.ts";
import { SIGNATURES } from "./x509-signatures.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const ALGORITHM = SIGNATURES.SHA256WITHECDSA.identifier;

function list(serials: readonly Uint8Array[], ...extensions: readonly Der[]): Buffer {
  const entries = serials.map((serial) => sequence(integer(serial), time(NOW)));
  const tbs = encode(
    sequence(
      integer(1),
      ALGORITHM,
      commonNameOnly("issuer"),
      time(NOW),
      time(NOW),
      ...(entries.length > 0 ? [sequence(...entries)] : []),
      ...(extensions.length > 0 ? [tagged(0, sequence(...extensions))] : []),
    ),
  );
  return signed(tbs, ALGORITHM, Buffer.from("signature"));
}

/** Without a call for each entry at once. */
function longList(serials: readonly Buffer[]): Buffer {
  const entries = Buffer.concat(serials.map((serial) => encode(sequence(integer(serial), time(NOW)))));
  const revoked: Der = (writer) => {
    const { mark } = writer;
    writer.put(entries);
    writer.header(0x30, mark);
  };
  return signed(
    encode(sequence(integer(1), ALGORITHM, commonNameOnly("issuer"), time(NOW), time(NOW), revoked)),
    ALGORITHM,
    Buffer.from("signature"),
  );
}

test("exactly those serial numbers are on a list that stand there", () => {
  const serial = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Uint8Array.from([0x11, ...bytes]));
  fc.assert(
    fc.property(fc.array(serial, { maxLength: 40 }), serial, (serials, other) => {
      const read = readRevocationList(list(serials));
      expect(read.entries).toBe(serials.length);
      for (const one of serials) expect(read.has(one)).toBe(true);
      expect(read.has(other)).toBe(serials.some((one) => Buffer.compare(one, other) === 0));
    }),
    { numRuns: 200 },
  );
});

test("its issuer, what was signed and how are read", () => {
  const read = readRevocationList(list([]));
  expect([read.issuer, read.algorithm, String(read.signature)]).toEqual([
    commonNameOnly("issuer"),
    OID.sha256WithEcdsa,
    "signature",
  ]);
});

test.for([
  ["of changes only", anyExtension("2.5.29.27", true, integer(1))],
  ["of several issuers", anyExtension(OID.issuingDistributionPoint, true, sequence(Buffer.from([0x84, 1, 0xff])))],
] as const)("a list %s is refused", ([, extension]) => {
  expect(() => readRevocationList(list([], extension))).toThrow(DerError);
});

test("what limits a list to one place, or is not critical, does no harm", () => {
  const place = anyExtension(OID.issuingDistributionPoint, true, sequence(tagged(0, oid("1.2.3"))));
  expect(
    readRevocationList(list([Buffer.from("11", "hex")], place, anyExtension("1.2.3", false, integer(1)))).entries,
  ).toBe(1);
});

test("a list of a hundred thousand is read in no time that anybody waits for", () => {
  const serials = Array.from({ length: 100_000 }, (_, at) => Buffer.from((0x11000000 + at).toString(16), "hex"));
  const read = readRevocationList(longList(serials));
  expect([read.entries, read.has(Buffer.from("11000063", "hex")), read.has(Buffer.from("12000000", "hex"))]).toEqual([
    100_000,
    true,
    false,
  ]);
});

test("any bytes, and a list with changed bytes, are read or refused", () => {
  const whole = list([Buffer.from("1122", "hex"), Buffer.from("1133", "hex")]);
  const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.integer({ min: 0, max: 255 }) });
  const read = (bytes: Uint8Array): void => {
    try {
      readRevocationList(bytes).has(Buffer.from("11", "hex"));
    } catch (error) {
      expect(error).toBeInstanceOf(DerError);
    }
  };
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), fc.nat(whole.length), (changes, end) => {
      const changed = Buffer.from(whole);
      for (const { at, to } of changes) changed[at] = to;
      read(changed);
      read(changed.subarray(0, end));
    }),
    { numRuns: 1_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), read));
});
