import { createHash } from "node:crypto";
import { hostname } from "node:os";

/** Tells nodes that share a database apart, and is the same after a restart: eight hexadecimal digits. */
export function nodeName(dataDir: string): string {
  return createHash("sha256").update(`${hostname()} ${dataDir}`).digest("hex").slice(0, 8);
}
