import { expect, test } from "vitest";
import { statementPositions, statementsAbout, unknownKeys } from "./explain.ts";
import { factsOf } from "./facts.ts";
import { readPolicyDocument } from "./read-document.ts";

const read = (...Statement: readonly object[]) =>
  readPolicyDocument(JSON.stringify({ Version: "2012-10-17", Statement }), "identity");
const allow = { Effect: "Allow", Action: "acm:*", Resource: "*" };

test("the statements of an effect that are about a request are found in all policies", () => {
  const policies = [read({ ...allow, Action: "kms:*" }, allow), read(allow, { ...allow, Effect: "Deny" })];
  const request = { action: "acm:ListCertificates", resource: "*", facts: {} };
  expect(statementsAbout(request, policies, "Allow")).toEqual([
    { policy: 0, statement: 1 },
    { policy: 1, statement: 0 },
  ]);
  expect(statementsAbout(request, policies, "Deny")).toEqual([{ policy: 1, statement: 1 }]);
});

test("what policies ask for and nobody said is missing, once, by conditions and variables", () => {
  const Condition = { Bool: { "aws:SecureTransport": "true" }, StringEquals: { "aws:username": "x" } };
  const Resource = ["arn:aws:acm:*:*:${aws:PrincipalTag/team}", "arn:aws:acm:*:*:${aws:PrincipalTag/a, 'none'}"]; // oxlint-disable-line no-template-curly-in-string
  const policies = [
    read({ ...allow, Condition, Resource }),
    read({ ...allow, Condition: { Null: { "AWS:UserName": "true" } } }),
  ];
  expect(unknownKeys(policies, factsOf({ "aws:securetransport": "true" }))).toEqual([
    "AWS:UserName",
    "aws:PrincipalTag/team",
  ]);
});

test("statements stand from behind what is before them to behind their brace", () => {
  const policy = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "codecommit:ListRepositories",
            "Resource": "*",
            "Sid": "a}"
        }, {"Effect": "Deny"}
    ]
}`;
  expect(statementPositions(policy)).toEqual([
    { start: { line: 3, column: 19 }, end: { line: 9, column: 10 } },
    { start: { line: 9, column: 11 }, end: { line: 9, column: 30 } },
  ]);
  expect(statementPositions('{"Statement":{}}')).toEqual([
    { start: { line: 1, column: 14 }, end: { line: 1, column: 16 } },
  ]);
});
