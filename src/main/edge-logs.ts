import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogStore } from "#edge/logs/log-book.ts";
import { ConfigError } from "./config-error.ts";
import { objectFiles } from "./object-files.ts";

/**
 * Keeps the logs of load balancers as files in `logs` of the data directory, each at the path that it would have in S3,
 * its bucket first. What a file name should not have becomes `_`.
 */
export function edgeLogs(dataDir: string): LogStore {
  const write = objectFiles(join(dataDir, "logs"));
  return {
    async put(path, bytes) {
      const parts = path.split("/").filter((part) => part !== "");
      const [bucket = "", ...key] = parts.map(plain);
      await write(bucket, key.join("/"), once(bytes));
    },
  };
}

/**
 * The roots that identity providers may have beside the public ones: `provider-roots.pem` in the data directory, if it is
 * there. Throws ConfigError when it holds anything but certificates.
 */
export function providerRoots(dataDir: string): readonly string[] {
  const path = join(dataDir, "provider-roots.pem");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const roots = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const root of roots) new X509Certificate(root);
  } catch {
    throw new ConfigError(`${path} holds something that is no certificate`);
  }
  return roots;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function plain(part: string): string {
  const text = part.replace(/[^A-Za-z0-9._-]/g, "_");
  return /^\.+$/.test(text) ? text.replaceAll(".", "_") : text;
}
