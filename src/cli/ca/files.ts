import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { ConfigError } from "#main/config-error.ts";

/** The text of a file of at most a megabyte; of a directory, that of its .pem files in the order of their names. Throws HierarchyError. */
export function readPemFiles(path: string): string {
  if (!isDirectory(path)) return readText(path);
  const names = readdirSync(path)
    .filter((name) => name.endsWith(".pem"))
    .sort();
  return names.map((name) => readText(join(path, name))).join("\n");
}

/** The text of a file of at most a megabyte. Throws HierarchyError. */
export function readText(path: string): string {
  try {
    if (statSync(path).size > MOST) throw new HierarchyError(`${path} is larger than a megabyte`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof HierarchyError) throw error;
    throw new HierarchyError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * A passphrase from files, one for each of the people who must be there: all of them, in this order, make the passphrase.
 * Throws ConfigError when one can be read by others.
 */
export function readPassphrase(paths: readonly string[]): PlaintextKey {
  if (paths.length === 0)
    throw new ConfigError("give the passphrase: --passphrase-file FILE, one for each who holds a part");
  const parts = paths.map(readPart);
  try {
    const [only] = parts;
    if (parts.length === 1 && only) return new PlaintextKey(Buffer.from(only));
    const joined = Buffer.alloc(parts.reduce((sum, { length }) => sum + LENGTH + length, 0));
    let at = 0;
    for (const part of parts) {
      at = joined.writeUInt32BE(part.length, at);
      at += part.copy(joined, at);
    }
    return new PlaintextKey(joined);
  } finally {
    for (const part of parts) part.fill(0);
  }
}

function readPart(path: string): Buffer {
  let content: Buffer;
  try {
    const { mode } = statSync(path);
    if ((mode & 0o077) !== 0) throw new ConfigError(`${path} can be read by others: chmod 600 ${path}`);
    content = readFileSync(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`the passphrase cannot be read: ${error instanceof Error ? error.message : path}`);
  }
  let { length } = content;
  while (length > 0 && [0x0a, 0x0d].includes(content[length - 1] ?? 0)) length -= 1; // an editor's line end
  if (length === 0) throw new ConfigError(`${path} is empty`);
  return content.subarray(0, length);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const MOST = 1_048_576;
const LENGTH = 4;
