import fc from "fast-check";
import { expect, test } from "vitest";
import { newImportToken, readImportToken } from "./import-token.ts";

test("a token says its end, and no two are the same", () => {
  const end = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(end, (validTo) => {
      const { bytes, ...token } = newImportToken(validTo);
      expect(readImportToken(bytes)).toEqual(token);
      expect(newImportToken(validTo).id).not.toBe(token.id);
    }),
  );
});

test("a token with a bit changed is another one, or none", () => {
  const { bytes, id } = newImportToken(new Date("2026-11-23"));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(readImportToken(changed)?.id).not.toBe(id);
  }
});

test("arbitrary bytes never throw, and are no token unless they have its form", () => {
  const magic = Buffer.from("534b4901", "hex");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (noise, disguised) => {
      const read = readImportToken(disguised ? Buffer.concat([magic, noise]) : noise);
      if (!disguised || noise.length !== 40) expect(read).toBeUndefined();
      if (read) expect(read.validTo.getTime()).not.toBeNaN();
    }),
    { numRuns: 500 },
  );
});
