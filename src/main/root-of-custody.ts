import { readFileSync } from "node:fs";
import { openRoot } from "#custody/open-root.ts";
import type { RootOfCustody } from "#custody/root.ts";
import type { Clock } from "#lib/clock.ts";
import type { Store } from "#store/store.ts";
import type { Config } from "./config.ts";
import { machineKey } from "./data-dir.ts";

/** The root of custody: from the passphrase in a file where one is configured, otherwise from the machine key. */
export async function configuredRoot(
  config: Config,
  deps: { readonly store: Store; readonly clock: Clock },
): Promise<RootOfCustody> {
  const file = config["passphrase-file"];
  const content = file === "" ? machineKey(config["data-dir"]) : readFileSync(file);
  try {
    return file === ""
      ? await openRoot({ kind: "key-file", bytes: content }, deps)
      : await openRoot({ kind: "passphrase", bytes: content.subarray(0, trimmedLength(content)) }, deps);
  } finally {
    content.fill(0);
  }
}

/** An editor's line end is not part of the passphrase. */
function trimmedLength(content: Buffer): number {
  let length = content.length;
  while (length > 0 && [0x0a, 0x0d].includes(content[length - 1] ?? 0)) length -= 1;
  return length;
}
