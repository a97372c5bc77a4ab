import type { LogStore } from "#edge/logs/log-book.ts";
import { objectFiles } from "./object-files.ts";

/**
 * Keeps the logs of load balancers as files below `directory`, each at the path that it would have in S3, its bucket
 * first. What a file name should not have becomes `_`.
 */
export function edgeLogs(directory: string): LogStore {
  const write = objectFiles(directory);
  return {
    async put(path, bytes) {
      const [bucket = "", ...key] = path
        .split("/")
        .filter((part) => part !== "")
        .map(plain);
      await write(bucket, key.join("/"), [bytes]);
    },
  };
}

function plain(part: string): string {
  const text = part.replace(/[^A-Za-z0-9._-]/g, "_");
  return /^\.+$/.test(text) ? text.replaceAll(".", "_") : text;
}
