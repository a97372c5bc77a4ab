import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { machineKeyFile, makeDataDir } from "./data-dir.ts";

function place(): string {
  const path = mkdtempSync(join(tmpdir(), "data-dir-"));
  const umask = process.umask();
  onTestFinished(() => {
    process.umask(umask);
    rmSync(path, { recursive: true });
  });
  return path;
}

test("a data directory is made for its owner alone, and so is the key in it, which stays the same", () => {
  const path = join(place(), "data");
  makeDataDir(path);
  machineKeyFile(path);
  const key = readFileSync(join(path, "root.key"));
  expect([path, join(path, "root.key")].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o600]);
  machineKeyFile(path);
  expect(readFileSync(join(path, "root.key"))).toEqual(key);
  expect(key).toHaveLength(32);
});

test("a data directory in which everybody may write is refused", () => {
  const path = join(place(), "data");
  mkdirSync(path);
  chmodSync(path, 0o1777);
  expect(() => makeDataDir(path)).toThrow("everybody may write");
});

test("a key that others may read is refused", () => {
  const path = place();
  writeFileSync(join(path, "root.key"), Buffer.alloc(32), { mode: 0o644 });
  expect(() => machineKeyFile(path)).toThrow("can be read by others");
});

test.runIf(process.getuid?.() === 0)("a key that another user has put there is refused", () => {
  const path = place();
  writeFileSync(join(path, "root.key"), Buffer.alloc(32), { mode: 0o600 });
  chownSync(join(path, "root.key"), 4242, 4242);
  expect(() => machineKeyFile(path)).toThrow("belongs to another user");
});
