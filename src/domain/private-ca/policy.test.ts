import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import type { PrivateCaArn } from "./arns.ts";
import { checkPolicy, policyAllows } from "./policy.ts";

const ARN = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/a" as PrivateCaArn;
const TEMPLATE = "arn:aws:acm-pca:::template/EndEntityCertificate/V1";
const reading = {
  Sid: "1",
  Effect: "Allow",
  Principal: { AWS: "111111111111" },
  Action: ["acm-pca:GetCertificate", "acm-pca:ListTags"],
  Resource: ARN,
};
const issuing = {
  ...reading,
  Action: "acm-pca:IssueCertificate",
  Condition: { StringEquals: { "acm-pca:TemplateArn": TEMPLATE } },
};
const text = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

test("a policy names accounts, by their numbers or roots", () => {
  const root = { ...reading, Principal: { AWS: ["111111111111", "arn:aws:iam::222222222222:root"] } };
  expect(checkPolicy(text(root, issuing), ARN)).toEqual(["111111111111", "222222222222"]);
});

test("what it does not say is not allowed", () => {
  const policy = text(reading, issuing);
  const allows = (
    account: string,
    action: "GetCertificate" | "IssueCertificate" | "ListPermissions",
    template = "",
  ): boolean => policyAllows(policy, { account, action, template });
  expect(allows("111111111111", "GetCertificate")).toBe(true);
  expect(allows("222222222222", "GetCertificate")).toBe(false);
  expect(allows("111111111111", "ListPermissions")).toBe(false);
  expect(allows("111111111111", "IssueCertificate", TEMPLATE)).toBe(true);
  expect(allows("111111111111", "IssueCertificate", "arn:aws:acm-pca:::template/RootCACertificate/V1")).toBe(false);
  const bare = { account: "111111111111", action: "IssueCertificate", template: TEMPLATE } as const;
  expect(policyAllows(text({ ...issuing, Condition: undefined }), bare)).toBe(true);
});

describe("InvalidPolicyException", () => {
  test.for<[title: string, policy: string]>([
    ["no JSON", "{"],
    ["no statement", text()],
    ["a list", "[]"],
    ["a denial", text({ ...reading, Effect: "Deny" })],
    ["everybody", text({ ...reading, Principal: "*" })],
    ["a service", text({ ...reading, Principal: { Service: "acm.amazonaws.com" } })],
    ["a role", text({ ...reading, Principal: { AWS: "arn:aws:iam::111111111111:role/x" } })],
    ["all actions", text({ ...reading, Action: "acm-pca:*" })],
    ["an action that cannot be shared", text({ ...reading, Action: "acm-pca:DeleteCertificateAuthority" })],
    ["another resource", text({ ...reading, Resource: "*" })],
    ["another condition", text({ ...issuing, Condition: { StringLike: { "acm-pca:TemplateArn": "*" } } })],
    ["a condition on reading", text({ ...reading, Condition: issuing.Condition })],
    ["an unknown member", text({ ...reading, NotAction: "x" })],
  ])("%s", ([, policy]) => {
    expect(() => checkPolicy(policy, ARN)).toThrow(Refusal);
  });

  test("whatever is put is refused with it, or allows nobody but those whom it names", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ Statement: value })),
        ),
        (policy) => {
          try {
            const accounts = checkPolicy(policy, ARN);
            expect(policyAllows(policy, { account: "999999999999", action: "GetCertificate" })).toBe(
              accounts.includes("999999999999"),
            );
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        },
      ),
    );
  });
});
