import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode, enumerated, integer, sequence, time } from "#lib/der.ts";
import { extension } from "#lib/x509-extensions.ts";
import { type CrlEntry, crlEntries } from "./crl-entries.ts";

const entry: fc.Arbitrary<CrlEntry> = fc.record({
  serial: fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .filter(([first]) => first !== 0)
    .map((bytes) => Buffer.from(bytes).toString("hex")),
  revokedAt: fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2099, 11, 31) }),
  reason: fc.constantFrom(0, 1, 2, 3, 4, 5, 9, 10),
});

describe("entries of a CRL", () => {
  test("are byte for byte those of the general writer", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        expect(crlEntries(entries).toString("hex")).toBe(entries.map(plainly).join(""));
      }),
      { numRuns: 200 },
    );
  });

  test("of the last second of 2049 and the first of 2050 have their forms of time", () => {
    const at = (revokedAt: number): string => crlEntries([{ serial: "01", revokedAt, reason: 0 }]).toString("latin1");
    expect(at(Date.UTC(2050, 0, 1) - 1)).toContain("491231235959Z");
    expect(at(Date.UTC(2050, 0, 1))).toContain("20500101000000Z");
  });

  test.for(["", "1", "123", "00".repeat(21)])("have no serial number %s", (serial) => {
    expect(() => crlEntries([{ serial, revokedAt: 0, reason: 0 }])).toThrow("no serial number");
  });

  test.for([6, 7, 8, 11, -1, 1.5])("have no reason %s", (reason) => {
    expect(() => crlEntries([{ serial: "01", revokedAt: 0, reason }])).toThrow("no CRLReason");
  });
});

function plainly({ serial, revokedAt, reason }: CrlEntry): string {
  const because = reason === 0 ? [] : [sequence(extension("reasonCode", false, enumerated(reason)))];
  return encode(sequence(integer(Buffer.from(serial, "hex")), time(new Date(revokedAt)), ...because)).toString("hex");
}
