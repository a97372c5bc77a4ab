import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PROJECT = new URL("../../", import.meta.url);
const PAGE = readFileSync(new URL("docs/key-custody.md", PROJECT), "utf8");
const TABLE = PAGE.slice(PAGE.indexOf("| promise | test |"), PAGE.indexOf("## Not promised"));
const ROWS = TABLE.split("\n")
  .slice(2)
  .filter((line) => line.startsWith("|"))
  .map((line) => line.slice(2).split(" | "));

test("each promise of docs/key-custody.md names a test", () => {
  expect(ROWS.length).toBeGreaterThan(15);
  for (const [promise = "", tests = ""] of ROWS) expect(namedTests(tests), promise).not.toEqual([]);
});

test.for(ROWS.flatMap(([promise = "", tests = ""]) => namedTests(tests).map((named) => ({ promise, ...named }))))(
  "$file has the test that proves: $promise",
  ({ file, title }) => {
    const text = readFileSync(new URL(file, PROJECT), "utf8");
    const at = text.indexOf(title);
    expect(at, title).toBeGreaterThan(0);
    // In quotes: in the call of a test, or on a line of its own before the test's body.
    expect(text.slice(0, at)).toMatch(/(\b(test|it)\b[^\n]*\(|\n\s*|\)\()["`]$/);
  },
);

function namedTests(cell: string): { readonly file: string; readonly title: string }[] {
  return [...cell.matchAll(/`([\w./-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file = "", title = ""]) => ({ file, title }));
}
