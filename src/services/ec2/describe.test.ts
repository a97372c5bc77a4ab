import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AwsError } from "#aws/service.ts";
import { type FilterTable, listed, matches } from "./describe.ts";

interface Thing {
  readonly id: string;
  readonly colour: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

const THINGS: readonly Thing[] = Array.from({ length: 500 }, (_, index) => ({
  id: `i-${String(index).padStart(8, "0")}`,
  colour: index % 100 === 7 ? "red" : "blue",
  Tags: [{ Key: "n", Value: String(index) }],
}));
const FILTERS: FilterTable<Thing> = { colour: ({ colour }) => [colour] };
const listing = {
  filters: FILTERS,
  id: ({ id }: Thing) => id,
  list: (after: string, limit: number) => Promise.resolve(THINGS.filter(({ id }) => id > after).slice(0, limit)),
};

describe("values of filters", () => {
  test.for([
    ["*", "", true],
    ["a*c", "abbbc", true],
    ["a*c", "ab", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a\\?", "a?", true],
    ["**a**", "bab", true],
    ["a", "A", false],
    ["", "", true],
    ["", "a", false],
  ] as const)("%s of %s: %s", ([pattern, text, expected]) => {
    expect(matches(pattern, text, { left: 100 })).toBe(expected);
  });

  test("match as a regular expression of the same meaning would", () => {
    const words = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(words, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll("?", ".").replaceAll("*", ".*")}$`, "s");
        expect(matches(pattern, text, { left: 1000 })).toBe(regex.test(text));
      }),
    );
  });
});

test("filters that would take too long are refused", async () => {
  const Tags = [{ Key: "n", Value: "a".repeat(256) }];
  const list = async (after: string, limit: number) =>
    (await listing.list(after, limit)).map((thing) => ({ ...thing, Tags }));
  const Values = Array.from({ length: 199 }, (_, index) => `*${"a".repeat(128)}${index}`);
  await expect(listed({ Filters: [{ Name: "tag:n", Values }] }, { ...listing, list })).rejects.toThrow("too long");
  const few = await listed({ Filters: [{ Name: "tag:n", Values: ["a*", ...Values] }] }, { ...listing, list });
  expect(few.views).toHaveLength(THINGS.length);
});

test("lists come in pages that the filters thin out, each thing once", async () => {
  const Filters = [{ Name: "colour", Values: ["r?d"] }];
  const found: string[] = [];
  for (let NextToken: string | undefined; ; ) {
    const { views, token } = await listed({ Filters, MaxResults: 2, ...(NextToken ? { NextToken } : {}) }, listing);
    expect(views.length).toBeLessThanOrEqual(2);
    found.push(...views.map(({ id }) => id));
    NextToken = token;
    if (token === undefined) break;
  }
  expect(found).toEqual(THINGS.filter(({ colour }) => colour === "red").map(({ id }) => id));
  expect((await listed({ Filters: [{ Name: "tag:n", Values: ["7", "8"] }] }, listing)).views).toHaveLength(2);
  expect((await listed({ Filters: [{ Name: "tag-key", Values: ["m"] }] }, listing)).views).toEqual([]);
});

test("any token is one that was answered, or refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (NextToken) => {
      try {
        await listed({ NextToken, MaxResults: 5 }, listing);
      } catch (error) {
        expect(error).toBeInstanceOf(AwsError);
        expect((error as AwsError).code).toBe("InvalidNextToken");
      }
    }),
  );
});
