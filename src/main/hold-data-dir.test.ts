import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdDataDir } from "./hold-data-dir.ts";

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "sealkeeper-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test("a data directory is one process's at a time, and the other is named", async () => {
  const path = directory();
  const held = await holdDataDir(path);
  await expect(holdDataDir(path)).rejects.toThrow(`process ${process.pid} runs in ${path} already`);
  await held.release();
  await (await holdDataDir(path)).release();
});

test("a path that is too long for a socket is refused with the reason", async () => {
  const path = `/tmp/${"x".repeat(120)}`;
  await expect(holdDataDir(path)).rejects.toThrow(`the data directory cannot be held by ${path}/run.sock`);
});

test("what a killed process left behind holds nothing", async () => {
  const path = directory();
  writeFileSync(join(path, "run.sock"), "");
  await (await holdDataDir(path)).release();
});
