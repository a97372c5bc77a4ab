import { p256, p384, p521 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ScalarField } from "./secret-scalars.ts";

const P256 = p256.Point.Fn.ORDER;
const PRIMES = [P256, p384.Point.Fn.ORDER, p521.Point.Fn.ORDER, secp256k1.Point.Fn.ORDER, 65_537n, 251n] as const;

const bytesOf = (value: bigint, prime: bigint): Buffer => {
  const length = Math.ceil(prime.toString(2).length / 8);
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
};
const valueOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);
const cases = fc.constantFrom(...PRIMES).chain((prime) => {
  const value = fc.oneof(fc.bigInt({ min: 0n, max: prime - 1n }), fc.constantFrom(0n, 1n, prime - 1n));
  return fc.tuple(fc.constant(prime), value, value);
});

test("sums, products and inverses are those of whole numbers modulo the prime", () => {
  fc.assert(
    fc.property(cases, ([prime, a, b]) => {
      using field = new ScalarField(prime);
      const [x, y] = [field.read(bytesOf(a, prime)), field.read(bytesOf(b, prime))];
      expect(valueOf(field.write(x))).toBe(a);
      expect(valueOf(field.write(field.add(x, y)))).toBe((a + b) % prime);
      expect(valueOf(field.write(field.multiply(x, y)))).toBe((a * b) % prime);
      const inverse = valueOf(field.write(field.invert(x)));
      expect((inverse * a) % prime).toBe(a === 0n ? 0n : 1n);
    }),
    { numRuns: 200 },
  );
});

test("a number that is not below the prime is reduced; one of too many bytes is refused", () => {
  using field = new ScalarField(P256);
  expect(valueOf(field.write(field.read(Buffer.alloc(32, 0xff))))).toBe((1n << 256n) - 1n - P256);
  expect(() => field.read(Buffer.alloc(33))).toThrow(RangeError);
});

test("what was worked with is wiped", () => {
  const field = new ScalarField(P256);
  const secret = field.read(Buffer.alloc(32, 7));
  const made = field.multiply(secret, secret);
  field[Symbol.dispose]();
  expect([...secret, ...made].every((limb) => limb === 0)).toBe(true);
});
