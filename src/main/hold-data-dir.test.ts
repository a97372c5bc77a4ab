import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdDataDir } from "./hold-data-dir.ts";

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "sealkeeper-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test("a data directory is one process's at a time, and the other is named", () => {
  const path = directory();
  const held = holdDataDir(path);
  expect(() => holdDataDir(path)).toThrow(`process ${process.pid} runs in ${path} already`);
  held.release();
  holdDataDir(path).release();
});

test("who let go and does so again takes it from nobody", () => {
  const path = directory();
  const first = holdDataDir(path);
  first.release();
  const second = holdDataDir(path);
  first.release();
  expect(() => holdDataDir(path)).toThrow("runs in");
  second.release();
});

test("a directory that cannot be held is refused with the reason", () => {
  expect(() => holdDataDir(join(directory(), "none"))).toThrow(/cannot be held by \S+run.lock: ENOENT/);
  const path = directory();
  mkdirSync(join(path, "run.lock"));
  expect(() => holdDataDir(path)).toThrow(`the data directory cannot be held by ${path}/run.lock`);
});

test("what a killed process left behind holds nothing", () => {
  const path = directory();
  writeFileSync(join(path, "run.lock"), "");
  writeFileSync(join(path, "run.pid"), "4242\n");
  holdDataDir(path).release();
});

test("what it leaves in the directory is for nobody else to read", () => {
  const path = directory();
  const held = holdDataDir(path);
  expect(["run.lock", "run.pid"].map((name) => statSync(join(path, name)).mode & 0o777)).toEqual([0o600, 0o600]);
  held.release();
});
