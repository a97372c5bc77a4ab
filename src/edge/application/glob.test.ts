import fc from "fast-check";
import { expect, test } from "vitest";
import { glob } from "./glob.ts";

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "/", "."), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*"), maxLength: 10 });

test("a glob matches what the regular expression for it matches", () => {
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      const parts = Array.from(source, (char) =>
        char === "*" ? ".*" : char === "?" ? "." : `\\x${char.charCodeAt(0).toString(16)}`,
      );
      expect(glob(source)(subject)).toBe(new RegExp(`^${parts.join("")}$`, "s").test(subject));
    }),
    { numRuns: 1_000 },
  );
});

test("escaped wildcards are characters, where there is escaping", () => {
  expect(glob("a\\*b", { escapes: true })("a*b")).toBe(true);
  expect(glob("a\\*b", { escapes: true })("axb")).toBe(false);
  expect(glob("\\\\?", { escapes: true })("\\x")).toBe(true);
  expect(glob("a\\*b")("a\\xb")).toBe(true);
});

test("many wildcards against a long text take no time", () => {
  const began = performance.now();
  expect(glob(`${"*a".repeat(60)}b`)("a".repeat(16_000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(200);
});
