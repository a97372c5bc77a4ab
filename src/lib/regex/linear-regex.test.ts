import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearRegex } from "./linear-regex.ts";

const RUNS = 300;

/** Patterns that V8 and RE2 understand alike: what may be empty is not repeated (ECMA-262 drops empty repetitions). */
const atom = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "c",
    ".",
    "\\d",
    "\\w",
    "\\s",
    "[ab]",
    "[^a]",
    "[a-c1]",
    "\\.",
    "^",
    "$",
    "\\b",
    "\\B",
    "/",
  ),
  fc.constantFrom("1", " ", "_", "\\x61", "\\-"),
);
const pattern = fc.letrec<{ choice: string; sequence: string; piece: string }>((tie) => ({
  choice: fc.oneof(
    { depthSize: "small" },
    tie("sequence"),
    fc.tuple(tie("sequence"), tie("sequence")).map((both) => both.join("|")),
  ),
  sequence: fc.array(tie("piece"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  piece: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    atom,
    fc.tuple(fc.constantFrom("a", "b", ".", "[ab]", "\\w"), repeats()).map((both) => both.join("")),
    tie("choice").map((inner) => `(${inner})`),
    fc.tuple(tie("choice"), repeats()).map(([inner, times]) => `(?:x(?:${inner}))${times}`),
  ),
})).choice;
function repeats(): fc.Arbitrary<string> {
  return fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,}");
}
const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", "x", "/", ".", " ", "_", "-"), maxLength: 12 });

test("finds what V8 finds, and the same groups", () => {
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      const oracle = new RegExp(source).exec(subject);
      const regex = linearRegex(source);
      expect(regex.test(subject)).toBe(oracle !== null);
      const found = regex.exec(subject);
      expect(found?.from).toBe(oracle?.index);
      expect(found?.groups[0]).toBe(oracle?.[0]);
      // V8 forgets the groups of earlier repetitions (ECMA-262), RE2 does not.
      if (!/\(\?:/.test(source)) expect(found?.groups).toEqual(oracle ? [...oracle] : undefined);
    }),
    { numRuns: RUNS },
  );
});

test("answers for any pattern or refuses it with RegexError", () => {
  const soup = fc.string({ unit: fc.constantFrom(...Array.from("ab\\()[]{}?*+|^$.-:<>P=!d1,ixU0/")), maxLength: 24 });
  fc.assert(
    fc.property(soup, text, (source, subject) => {
      let regex: ReturnType<typeof linearRegex>;
      try {
        regex = linearRegex(source);
      } catch (error) {
        expect((error as Error).name).toBe("RegexError");
        return;
      }
      expect(regex.exec(subject) !== undefined).toBe(regex.test(subject));
    }),
    { numRuns: RUNS },
  );
});

test("patterns that hold up backtracking engines take the time of their text", () => {
  const began = performance.now();
  for (const source of ["^(a+)+$", "(a|a)*b", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*){1,20}[bc]$"]) {
    const regex = linearRegex(source);
    for (const subject of [`${"a".repeat(16_000)}!`, "x".repeat(16_000)]) regex.test(subject);
  }
  expect(performance.now() - began).toBeLessThan(1_000);
});

test("flags, classes and named groups are RE2's", () => {
  expect(linearRegex("^/api/(?P<version>v\\d+)/").exec("/api/v12/x")?.groups).toEqual(["/api/v12/", "v12"]);
  expect(linearRegex("(?i)CHROME/[[:digit:]]+").test("Mozilla chrome/99")).toBe(true);
  expect(linearRegex("a(?i:B)c").test("abc")).toBe(true);
  expect(linearRegex("a(?i:B)c").test("abC")).toBe(false);
  expect(linearRegex("^WWW\\.", { ignoreCase: true }).test("www.example.com")).toBe(true);
  expect(linearRegex("[[:^alpha:]]").test("abc")).toBe(false);
  expect(linearRegex("(?U)a+").exec("aaa")?.groups[0]).toBe("a");
  expect(linearRegex("a.b").test("a\nb")).toBe(false);
  expect(linearRegex("(?s)a.b").test("a\nb")).toBe(true);
  expect(linearRegex("é").test(Buffer.from("café").toString("latin1"))).toBe(true);
});

describe("refuses", () => {
  test.for([
    ["a(?=b)", "not supported"],
    ["(?<!a)b", "not supported"],
    ["(?>a)", "not supported"],
    ["(a)\\1", "backreferences"],
    ["a++", "possessive"],
    ["\\pL", "not supported"],
    ["(?R)", "not supported"],
    ["a{2,1}", "wrong way round"],
    ["[b-a]", "wrong way round"],
    ["(a", "missing ')'"],
    ["a)", "unmatched ')'"],
    ["[a", "missing ']'"],
    ["*a", "nothing to repeat"],
    ["a**", "quantifier"],
    ["(a{1,100}){1,100}", "too complex"],
    ["a{1001}", "more than 1000 times"],
    ["(".repeat(200), "nested"],
    ["a".repeat(2_000), "longer than"],
    ["[é]", "ASCII"],
  ])("%s: %s", ([source, message]) => {
    expect(() => linearRegex(source ?? "")).toThrow(message);
  });
});
