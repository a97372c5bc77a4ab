import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { edgeLogs, providerRoots } from "./edge-logs.ts";

function dataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "edge-logs-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

test("a log file is written whole, for its owner only, where it would be in S3", async () => {
  const directory = dataDir();
  const logs = edgeLogs(directory);
  await logs.put("bucket/team a/AWSLogs/123/x.log.gz", Buffer.from("lines"));
  const path = join(directory, "logs", "bucket", "team_a", "AWSLogs", "123", "x.log.gz");
  expect(readFileSync(path, "utf8")).toBe("lines");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await logs.put("bucket/../../evil//é/x", Buffer.from("y"));
  expect(readdirSync(join(directory, "logs", "bucket")).toSorted()).toEqual(["__", "team_a"]);
});

test("roots of identity providers are read from the data directory", () => {
  const directory = dataDir();
  expect(providerRoots(directory)).toEqual([]);
  const roots = rootCertificates.slice(0, 2);
  writeFileSync(join(directory, "provider-roots.pem"), roots.join("\n"));
  expect(providerRoots(directory)).toEqual(roots);
  writeFileSync(
    join(directory, "provider-roots.pem"),
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  );
  expect(() => providerRoots(directory)).toThrow("no certificate");
});
