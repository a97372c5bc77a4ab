import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { field } from "#edge/http/fields.ts";
import { cookieSeal, type SealKind } from "./cookie-seal.ts";
import { cookieValue, setsCookie } from "./cookies.ts";

describe("the cookies of a request", () => {
  test.for([
    ["a=1", "a", "1"],
    ["b=2; a=1", "a", "1"],
    ["b=2;a=1;c=3", "a", "1"],
    ["a=1; a=2", "a", "1"],
    ["aa=1; a=2", "a", "2"],
    ["b=a=1; a=2", "a", "2"],
    ["a=", "a", ""],
    ["a =1", "a", undefined],
    ["xa=1", "a", undefined],
    ["", "a", undefined],
  ] as const)("%j has for %s %s", ([cookies, name, value]) => {
    expect(cookieValue([field("Cookie", cookies)], name)).toBe(value);
  });

  test("are found in the first field that has them", () => {
    const fields = [field("Cookie", "a=1"), field("X-Cookie", "b=0"), field("cookie", "b=2"), field("cookie", "b=3")];
    expect(cookieValue(fields, "b")).toBe("2");
  });

  test("are found as if they were taken apart one by one, whatever they are", () => {
    const name = fc.stringMatching(/^[ab]{1,3}$/);
    const crumb = fc.tuple(name, fc.string({ maxLength: 5, unit: fc.constantFrom("a", "b", "=", " ", "\t", "x") }));
    fc.assert(
      fc.property(
        fc.array(crumb, { maxLength: 6 }),
        fc.constantFrom(";", "; ", " ;\t"),
        name,
        (crumbs, glue, wanted) => {
          const slow = crumbs.find(([one]) => one === wanted)?.[1].trim();
          const cookies = crumbs.map(([one, value]) => `${one}=${value}`).join(glue);
          expect(cookieValue([field("Cookie", cookies)], wanted)).toBe(slow);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test.for([
  ["SESSION=1; Path=/", true],
  ["SESSION=", true],
  ["session=1", false],
  ["OTHER=1; SESSION=2", false],
  ["SESSION", false],
] as const)("Set-Cookie %j sets SESSION: %s", ([value, sets]) => {
  expect(setsCookie([field("set-cookie", value)], "SESSION")).toBe(sets);
});

describe("a seal", () => {
  const seal = cookieSeal("secret");
  const kinds: readonly SealKind[] = ["target", "group", "application"];

  test("opens what it sealed, as the kind that it was sealed as", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 0xffff_ffff }), fc.constantFrom(...kinds), (name, at, kind) => {
        const badge = seal.badge(name);
        const value = seal.seal(kind, { badge, at });
        expect(value).toMatch(/^[\w-]{22}$/);
        for (const other of kinds) expect(seal.open(other, value)).toEqual(other === kind ? { badge, at } : undefined);
        expect(cookieSeal("another").open(kind, value)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  test("opens nothing else", () => {
    const anything = fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[\w-]{22}$/));
    fc.assert(
      fc.property(anything, (value) => seal.open("target", value) === undefined),
      { numRuns: 500 },
    );
  });
});
