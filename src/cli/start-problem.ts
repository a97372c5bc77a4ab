import { showHostPort } from "#main/addresses.ts";
import type { Config } from "#main/config.ts";

/** Why the product could not start, and what to do about it, in a sentence for the person who started it. */
export function startProblem(error: unknown, config: Pick<Config, "listen" | "dns" | "data-dir">): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", errcode, syscall = "", address, port, path } = error as SystemError;
  if ((syscall === "listen" || syscall === "bind") && address !== undefined && port !== undefined && port > 0) {
    const setting = port === config.dns.port ? "dns" : "listen";
    const place = showHostPort({ host: address, port });
    const what = LISTEN[code];
    if (what) return `${place} ${what}; choose another place with --${setting} HOST:PORT`;
  }
  if (path !== undefined && FILES[code]) return `${path}: ${FILES[code]} (data directory: ${config["data-dir"]})`;
  if (code === "ERR_SQLITE_ERROR" && errcode === CANTOPEN)
    return `the database cannot be opened: this user may not write in its directory (data directory: ${config["data-dir"]})`;
  if (NETWORK.has(code)) return `the database cannot be reached: ${error.message || code}`;
  return error.message;
}

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly errcode?: number;
}

/** SQLite's result code. */
const CANTOPEN = 14;

const LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken already, by another Sealkeeper or another program",
  EADDRNOTAVAIL: "is no address of this machine",
  EACCES: "is not allowed to this user",
};

const FILES: Readonly<Record<string, string>> = {
  EACCES: "this user may not use it",
  EPERM: "this user may not use it",
  EROFS: "the file system is read-only",
  ENOENT: "there is no such file or directory",
  ENOTDIR: "it is below a file, not a directory",
  EEXIST: "it is a file, not a directory",
  EISDIR: "it is a directory, not a file",
  ENOSPC: "the disk is full",
};

const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);
