import { describe, expect, test } from "vitest";
import { listed, trimmed } from "./blanks.ts";

test.for([
  [" \t a b\t ", "a b"],
  ["a", "a"],
  [" \t", ""],
  ["", ""],
  ["\r\n a", "\r\n a"],
  ["\u00a0", "\u00a0"],
])("%j without blanks around it is %j", ([text = "", expected]) => {
  expect(trimmed(text)).toBe(expected);
});

test("a list keeps its empty elements", () => {
  expect(listed(" A ,, b\t,")).toEqual(["a", "", "b", ""]);
});

describe("blanks within", () => {
  test("take the time of their number, not of its square", () => {
    const inner = `a${" ".repeat(100_000)}b`;
    expect(trimmed(` ${inner}\t`)).toBe(inner);
    expect(listed(inner)).toEqual([inner]);
  });
});
