import { constants } from "node:fs";
import { mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectWriter } from "#ca/private/audit-report.ts";
import type { ObjectReader } from "#integrations/elbv2/objects.ts";

/**
 * Writes objects as files: bucket and key are the path below `directory`. A file is there whole or not at all, for its
 * owner only, and on the disk when this resolves. Rejects for a path that would leave the directory.
 */
export function objectFiles(directory: string): ObjectWriter {
  return async (bucket, key, content) => {
    const path = pathOf(directory, bucket, key);
    if (path === undefined) throw new Error(`${bucket}/${key} is no path of an object`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.new`;
    const file = await open(draft, "w", 0o600);
    try {
      for await (const piece of content) await file.appendFile(piece);
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

/** Reads objects that stand as files below `directory`: bucket and key are the path. Only plain files are objects. */
export function objectReader(directory: string): ObjectReader {
  return async (bucket, key, most) => {
    const path = pathOf(directory, bucket, key);
    if (path === undefined) return "missing";
    // Without waiting for a writer, where somebody put a pipe.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (!file) return "missing";
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return "missing";
      if (facts.size > most) return "too-large";
      // One byte more shows that it grew meanwhile.
      const content = Buffer.alloc(facts.size + 1);
      const { bytesRead } = await file.read(content, 0, content.length, 0);
      return bytesRead > facts.size && bytesRead > most ? "too-large" : content.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  };
}

/** The path of an object; undefined for names that would lead out of the directory. */
function pathOf(directory: string, bucket: string, key: string): string | undefined {
  const parts = [bucket, ...key.split("/")];
  const good = parts.every((part) => /^[A-Za-z0-9._-]{1,255}$/.test(part) && part !== "." && part !== "..");
  return good ? join(directory, ...parts) : undefined;
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ENXIO" || code === "ENAMETOOLONG";
}
