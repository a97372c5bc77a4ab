import { expect, test } from "vitest";
import { effortOf } from "./effort.ts";
import { factsOf } from "./facts.ts";
import { readPolicyDocument } from "./read-document.ts";

const read = (...Statement: readonly object[]) =>
  readPolicyDocument(JSON.stringify({ Version: "2012-10-17", Statement }), "identity");
const plain = { Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::one" };

test("judging takes pattern times text, and what it takes to show what decides", () => {
  expect(effortOf([read(plain)], {})).toEqual({ perActionCharacter: 7, perResourceCharacter: 16, besides: 1000 });
  expect(effortOf([read(plain, plain), read(plain)], {})).toEqual({
    perActionCharacter: 21,
    perResourceCharacter: 48,
    besides: 3000,
  });
});

test("a variable is as long as its value, and a condition is compared with every value of its key", () => {
  const named = [read({ ...plain, Resource: ["arn:aws:s3:::${aws:username}", "*"] })];
  const effort = (name: string): number => effortOf(named, factsOf({ "aws:username": name })).perResourceCharacter;
  expect(effort("bob".repeat(1000)) - effort("bob")).toBe(3 * 999);
  const asked = [read({ ...plain, Condition: { StringLike: { "aws:TagKeys": ["team*", "x"] } } })];
  const besides = (keys: readonly string[]): number => effortOf(asked, factsOf({ "aws:TagKeys": keys })).besides;
  expect(besides(["abc", "abc"]) - besides(["abc"])).toBe(6 * 4);
  expect(effortOf(asked, {}).besides).toBeGreaterThan(1000);
});
