import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { edgeLogs } from "./edge-logs.ts";

test("a log file is written whole, for its owner only, where it would be in S3", async () => {
  const directory = mkdtempSync(join(tmpdir(), "edge-logs-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const logs = edgeLogs(directory);
  await logs.put("bucket/team a/AWSLogs/123/x.log.gz", Buffer.from("lines"));
  const path = join(directory, "bucket", "team_a", "AWSLogs", "123", "x.log.gz");
  expect(readFileSync(path, "utf8")).toBe("lines");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await logs.put("bucket/../../evil//é/x", Buffer.from("y"));
  expect(readdirSync(join(directory, "bucket")).toSorted()).toEqual(["__", "team_a"]);
});
