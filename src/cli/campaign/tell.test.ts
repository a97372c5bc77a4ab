import { expect, test } from "vitest";
import { csvLine, span } from "./tell.ts";

test.for<[seconds: number, told: string]>([
  [0, "0 s"],
  [59.2, "1 min"],
  [3_725, "1 h 2 min"],
  [90_000, "1 d 1 h"],
  [-5, "0 s"],
])("%s seconds are %s", ([seconds, told]) => {
  expect(span(seconds)).toBe(told);
});

test("a line of CSV keeps commas, quotes and line ends in their cells, and no cell is a formula", () => {
  expect(csvLine(["a,b", 'say "x"', undefined, "two\r\nlines", "=1+1", "plain"])).toBe(
    `"a,b","say ""x""",,"two\r\nlines",'=1+1,plain`,
  );
});
