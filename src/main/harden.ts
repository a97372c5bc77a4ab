import { writeFileSync } from "node:fs";

/** No key material in a core dump, no file that others may read. */
export function harden(): void {
  process.umask(0o077);
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // Only Linux has it.
  }
}
