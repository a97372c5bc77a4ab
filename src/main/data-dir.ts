import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "./config-error.ts";

/**
 * Makes the data directory; what this process writes from now on is for nobody else to read. Throws ConfigError when
 * everybody may write there: they could put a key or an edge's socket of their own in place of ours.
 */
export function makeDataDir(path: string): void {
  process.umask(0o077);
  // Node's recursive mkdir never comes back from where nothing can be made, as in /proc: it is for missing parents only.
  if (!existsSync(path)) {
    mkdirSync(path, { recursive: !existsSync(dirname(path)), mode: 0o700 });
    syncDirectory(dirname(path));
  }
  if ((statSync(path).mode & 0o002) !== 0) throw new ConfigError(`everybody may write in ${path}: chmod o-w ${path}`);
}

/**
 * The machine key: 32 random bytes in `root.key` (mode 0600), made at the first start. Whoever has it and the database
 * has every key. Throws ConfigError when others may read it, or have put it there.
 */
export function machineKeyFile(dataDir: string): void {
  const path = join(dataDir, "root.key");
  if (!existsSync(path)) makeMachineKey(path);
  checkSecretFile(path);
}

/** Throws ConfigError when a key file is not one: others may read it or have put it there, or it has another length. */
export function checkSecretFile(path: string): void {
  const { mode, uid, size } = statSync(path);
  if (![0, process.getuid?.() ?? uid].includes(uid))
    throw new ConfigError(`${path} belongs to another user: it is no key of ours`);
  if ((mode & 0o077) !== 0) throw new ConfigError(`${path} can be read by others: chmod 600 ${path}`);
  if (size !== 32) throw new ConfigError(`${path} is not a machine key: it has ${size} bytes instead of 32`);
}

/** The content of a file, or undefined when there is none. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file that only its owner may read: all of it or nothing, and on the disk when this returns. */
export function writeSecretFile(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeFileSync(file, content); // goes on where the system took only a part
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

/** Makes a key file of 32 random bytes. Throws ConfigError when something is there already. */
export function makeKeyFile(path: string): void {
  if (existsSync(path)) throw new ConfigError(`${path} is there already: it stays as it is`);
  makeMachineKey(path);
}

/** Two processes may start at once: the first link wins, and both use what it made. */
function makeMachineKey(path: string): void {
  const draft = `${path}.${process.pid}`;
  const key = randomBytes(32);
  writeSecretFile(draft, key);
  key.fill(0);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
  unlinkSync(draft);
  syncDirectory(dirname(path)); // the key opens everything: its name must outlive a power cut before anything is sealed
}

function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
