import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "./config-error.ts";
import { readIfThere, writeSecretFile } from "./data-dir.ts";

/**
 * Holds the data directory for this process until `release`: two control planes in one directory would take its edge
 * away from each other for ever. Throws ConfigError while another holds it; who was killed holds nothing.
 *
 * What holds it is SQLite's lock on an empty database: the kernel's own, which of any number of starts one gets, which ends
 * with its process at the same moment, and which needs no answer from a process that is busy or stopped.
 */
export function holdDataDir(dataDir: string): { release(): void } {
  const lock = takeLock(dataDir);
  const pidFile = join(dataDir, "run.pid");
  writeSecretFile(pidFile, `${process.pid}\n`);
  held.add(lock);
  return {
    release() {
      if (!held.delete(lock)) return;
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function takeLock(dataDir: string): DatabaseSync {
  const path = join(dataDir, "run.lock");
  let lock: DatabaseSync | undefined;
  try {
    makeFile(path);
    lock = new DatabaseSync(path, { timeout: 0 });
    // One of many gets this lock and none is in another's way, as with an exclusive one; nothing is ever written.
    lock.exec("pragma journal_mode = memory; begin immediate");
    return lock;
  } catch (error) {
    lock?.close();
    if (!(error instanceof Error)) throw error;
    if (!("errcode" in error) || error.errcode !== SQLITE_BUSY) {
      throw new ConfigError(`the data directory cannot be held by ${path}: ${error.message}`);
    }
    const pid = readIfThere(join(dataDir, "run.pid"))?.toString().trim();
    const holder = pid === undefined ? "another process" : `process ${pid}`;
    throw new ConfigError(`${holder} runs in ${dataDir} already: stop it, or choose another --data-dir`);
  }
}

/** A file that is there is not opened: to close it would end a lock that this process has on it (POSIX, fcntl). */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/** A database that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();
/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
