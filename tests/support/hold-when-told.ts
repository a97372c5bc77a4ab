import { once } from "node:events";
import { holdDataDir } from "#main/hold-data-dir.ts";

// Says "ready", and at the first byte of its input tries to hold the data directory that the argument names, until it is
// killed. It says "held", or why not.
process.stdout.write("ready\n");
await once(process.stdin, "data");
try {
  holdDataDir(process.argv[2] ?? "");
  process.stdout.write("held\n");
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
}
setInterval(() => {}, 60_000);
