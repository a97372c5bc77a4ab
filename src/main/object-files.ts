import { mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectWriter } from "#ca/private/audit-report.ts";

/**
 * Writes objects as files: bucket and key are the path below `directory`. A file is there whole or not at all, for its
 * owner only, and on the disk when this resolves. Rejects for a path that would leave the directory.
 */
export function objectFiles(directory: string): ObjectWriter {
  return async (bucket, key, content) => {
    const parts = [bucket, ...key.split("/")];
    if (!parts.every((part) => /^[A-Za-z0-9._-]{1,255}$/.test(part) && part !== "." && part !== "..")) {
      throw new Error(`${bucket}/${key} is no path of an object`);
    }
    const path = join(directory, ...parts);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.new`;
    const file = await open(draft, "w", 0o600);
    try {
      for await (const piece of content) await file.write(piece);
      await file.sync();
      await file.close();
      await rename(draft, path);
    } catch (error) {
      await file.close().catch(() => {});
      await unlink(draft).catch(() => {});
      throw error;
    }
  };
}
