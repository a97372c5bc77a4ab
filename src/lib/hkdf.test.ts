import { createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { hkdf } from "./hkdf.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const counting = (from: number, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => from + i));

// RFC 5869, appendix A, cases 1 to 3.
const VECTORS = [
  {
    title: "basic test case",
    key: Buffer.alloc(22, 0x0b),
    salt: counting(0x00, 13),
    info: counting(0xf0, 10),
    derived: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  },
  {
    title: "longer inputs and outputs",
    key: counting(0x00, 80),
    salt: counting(0x60, 80),
    info: counting(0xb0, 80),
    derived:
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
  },
  {
    title: "no salt and no info",
    key: Buffer.alloc(22, 0x0b),
    salt: Buffer.alloc(0),
    info: Buffer.alloc(0),
    derived: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  },
];

test.for(VECTORS)("agrees with RFC 5869: $title", ({ key, salt, info, derived }) => {
  const expected = hex(derived);
  expect(hkdf(key, salt, info, expected.length).bytes).toEqual(expected);
  expect(hkdf(createSecretKey(key), salt, info, expected.length).bytes).toEqual(expected);
});
