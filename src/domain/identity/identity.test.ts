import { expect, test } from "vitest";
import { parseAccountId } from "#domain/names.ts";
import { accessKeyId } from "./access-key-id.ts";
import { mayCall } from "./permissions.ts";

const account = parseAccountId("123456789012")!;

test("an access key's id says whose it is, in the form that AWS's tools decode", () => {
  for (const random of ["00000000000000000000", "ffffffffffffffffffff", "0123456789abcdef0123"]) {
    const id = accessKeyId(account, random);
    expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
    const bits = Array.from(id.slice(4)).reduce(
      (value, letter) => value * 32n + BigInt("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter)),
      0n,
    );
    expect((bits >> 39n) & (2n ** 40n - 1n)).toBe(123456789012n);
  }
});

test("access keys' ids differ in 39 bits", () => {
  expect(accessKeyId(account, "00000000000000000000")).not.toBe(accessKeyId(account, "00000000000000000001"));
  expect(accessKeyId(account, "00000000000000000000")).not.toBe(accessKeyId(account, "00000000004000000000"));
});

test("a root key may call everything, an edge only what it needs to open its keys", () => {
  expect(mayCall("root", "acm:DeleteCertificate")).toBe(true);
  expect(["kms:Decrypt", "kms:DescribeKey", "sts:GetCallerIdentity"].every((action) => mayCall("edge", action))).toBe(
    true,
  );
  expect(
    ["kms:Encrypt", "kms:CreateGrant", "acm:ListCertificates", "sts:GetAccessKeyInfo"].some((action) =>
      mayCall("edge", action),
    ),
  ).toBe(false);
});
