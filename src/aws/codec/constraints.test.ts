import { expect, test } from "vitest";
import { violations } from "./constraints.ts";

test("a text that is too long for its pattern is refused, whether a bound of its own is stated or not", () => {
  const pattern = /^(2|4|5)\d\d$/;
  const long = "9".repeat(10_001);
  expect(violations({ pattern }, "200", "statusCode")).toEqual([]);
  expect(violations({ pattern }, long, "statusCode")).toEqual([expect.stringContaining("regular expression pattern")]);
  expect(violations({ pattern, max: 3 }, long, "statusCode")).toEqual([
    expect.stringContaining("length less than or equal to 3"),
  ]);
});
