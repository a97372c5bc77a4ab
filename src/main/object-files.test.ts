import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { objectFiles, objectReader } from "./object-files.ts";

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-objects-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

test("an object is a file below its bucket, for its owner only", async () => {
  const directory = place();
  await objectFiles(directory)("reports", "audit-report/a/b.csv", pieces("one\n", "two\n"));
  const path = join(directory, "reports/audit-report/a/b.csv");
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("an object whose content breaks off is not there at all", async () => {
  const directory = place();
  const broken = async function* (): AsyncGenerator<string> {
    yield "half";
    throw new Error("it broke off");
  };
  await expect(objectFiles(directory)("reports", "a.csv", broken())).rejects.toThrow("it broke off");
  expect(readdirSync(join(directory, "reports"))).toEqual([]);
});

test.for([
  ["..", "a.csv"],
  ["reports", "../../a.csv"],
  ["reports", "/a.csv"],
  ["", "a.csv"],
] as const)("nothing is written outside of the directory: %s %s", async ([bucket, key]) => {
  await expect(objectFiles(place())(bucket, key, pieces("x"))).rejects.toThrow("is no path");
});

test("an object is read whole, unless there is none or it is too large", async () => {
  const directory = place();
  mkdirSync(join(directory, "trust/a"), { recursive: true });
  writeFileSync(join(directory, "trust/a/ca.pem"), "hello");
  writeFileSync(join(directory, "secret"), "secret");
  const read = objectReader(directory);
  expect(String(await read("trust", "a/ca.pem", 5))).toBe("hello");
  expect(await read("trust", "a/ca.pem", 4)).toBe("too-large");
  for (const [bucket, key] of [
    ["trust", "b.pem"],
    ["trust", "a"],
    ["trust", "a/ca.pem/x"],
    ["trust", "../secret"],
    ["..", "secret"],
    ["trust", "x".repeat(255)],
    ["trust", ""],
    ["", "secret"],
  ] as const) {
    expect(await read(bucket, key, 100)).toBe("missing");
  }
});
