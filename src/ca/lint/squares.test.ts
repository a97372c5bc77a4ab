import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fermatRound, squareRoot } from "./squares.ts";

const numbers = fc.oneof(
  fc.bigInt({ min: 0n, max: 1n << 60n }),
  fc.bigInt({ min: 0n, max: 1n << 2049n }),
  fc.bigInt({ min: 1n, max: 1n << 1100n }).map((root) => root * root),
  fc.bigInt({ min: 1n, max: 1n << 1100n }).map((root) => root * root - 1n),
);

test("the root is the largest number whose square is not above", () => {
  fc.assert(
    fc.property(numbers, (value) => {
      const root = squareRoot(value);
      expect(root * root <= value && (root + 1n) ** 2n > value).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("Fermat's method ends in the round that trying every square finds", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n << 40n, max: 1n << 512n }), fc.integer({ min: 1, max: 3_000 }), (half, apart) => {
      const number = (2n * half + 1n) * (2n * (half + BigInt(apart)) + 1n);
      expect(fermatRound(number, 20)).toBe(slowly(number, 20));
    }),
    { numRuns: 300 },
  );
  const random = BigInt(`0x${randomBytes(256).toString("hex")}`) | 1n;
  expect(fermatRound(random, 100)).toBe(slowly(random, 100));
});

function slowly(number: bigint, rounds: number): number | undefined {
  const first = squareRoot(number - 1n) + 1n;
  for (let round = 0; round < rounds; round++) {
    const rest = (first + BigInt(round)) ** 2n - number;
    if (squareRoot(rest) ** 2n === rest) return round + 1;
  }
  return undefined;
}
