import fc from "fast-check";
import { expect, test } from "vitest";
import { type AccountId, parseAccountId } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { accountOfKeyId, isTemporary, temporaryKeyId } from "./access-key-id.ts";
import { AWS_POLICIES, awsPolicy, awsPolicyDocument } from "./aws-policies.ts";
import { type EntityKind, entityArn, parseEntityArn, uniqueId } from "./entity.ts";
import { parseVersionId, policyOwner, policySize } from "./managed-policy.ts";

const account = parseAccountId("123456789012")!;
const KINDS: readonly EntityKind[] = ["user", "group", "role", "instance-profile"];
const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
const path = fc.oneof(fc.constant("/"), fc.stringMatching(/^\/[!-~]{1,40}\/$/));

test("the ARN of an entity says all of it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), path, name, (kind, where, called) => {
      const arn = entityArn({ account, kind, path: where, name: called });
      const parsed = parseEntityArn(arn)!;
      expect(`${parsed.path}${parsed.name}`).toBe(`${where}${called}`);
      expect(parsed).toMatchObject({ account, kind });
    }),
  );
});

test("no other text is read as one, and none takes long", () => {
  for (const text of ["", "arn:aws:iam::123456789012:root", "arn:aws:iam::aws:policy/x", "arn:aws:iam::1:user/x"]) {
    expect(parseEntityArn(text)).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => void parseEntityArn(text)));
  expect(parseEntityArn(`arn:aws:iam::123456789012:user/${"/".repeat(2000)} `)).toBeUndefined();
});

test("unique ids have AWS's form, and differ as their randomness does", () => {
  expect(uniqueId("role", "ffffffffffffffffffffff")).toMatch(/^AROA[A-Z2-7]{17}$/);
  expect(uniqueId("user", "0000000000000000000000")).not.toBe(uniqueId("user", "0000000000000000000001"));
  expect(uniqueId("user", "0000000000000000000000")).not.toBe(uniqueId("user", "1000000000000000000000"));
});

test("the id of temporary credentials says whose they are", () => {
  const accounts = fc.bigInt({ min: 0n, max: 999_999_999_999n }).map((n) => String(n).padStart(12, "0") as AccountId);
  fc.assert(
    fc.property(accounts, fc.stringMatching(/^[0-9a-f]{20}$/), (whose, random) => {
      const id = temporaryKeyId(whose, random);
      expect(isTemporary(id)).toBe(true);
      expect(accountOfKeyId(id)).toBe(whose);
    }),
  );
  expect(accountOfKeyId("test")).toBeUndefined();
  expect(accountOfKeyId("ASIA7777777777777777")).toBeUndefined();
});

test("every policy of AWS's is one, within IAM's size, and is found by its ARN", () => {
  expect(AWS_POLICIES.map((policy) => policy.name)).toContain("AdministratorAccess");
  for (const policy of AWS_POLICIES) {
    const document = awsPolicyDocument(policy.arn)!;
    expect(readPolicyDocument(document, "identity").statements.length).toBeGreaterThan(0);
    expect(policySize(document)).toBeLessThanOrEqual(6144);
    expect(awsPolicy(policy.arn)).toBe(policy);
    expect(policyOwner(policy.arn)).toBe("aws");
    expect(policy.id).toMatch(/^ANPA[A-Z2-7]{17}$/);
  }
  expect(new Set(AWS_POLICIES.map(({ id }) => id)).size).toBe(AWS_POLICIES.length);
});

test("versions are numbers behind a v; white space does not count for sizes", () => {
  expect(parseVersionId("v12")).toBe(12);
  for (const text of ["v0", "12", "v1.x", "v", "v9999999999"]) expect(parseVersionId(text)).toBeUndefined();
  expect(policySize('{ "a" :\n\t1 }')).toBe(7);
});
