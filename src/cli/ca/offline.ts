import { existsSync } from "node:fs";
import { readRevoked } from "#ca/ceremony/revoked.ts";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { takeOffline } from "#ca/hierarchies/take-offline.ts";
import { ConfigError } from "#main/config-error.ts";
import { writeSecretFile } from "#main/data-dir.ts";
import { readPassphrase, readText } from "./files.ts";
import { onCa } from "./operator.ts";

/** `sealkeeper ca take-offline ROOT --out FILE --passphrase-file FILE`. */
export function takeOfflineCommand(args: readonly string[]): Promise<number> {
  const flags = { out: { type: "string" }, "passphrase-file": { type: "string" } } as const;
  return onCa(args, 1, flags, async ({ own, words: [id = ""] }, deps) => {
    const { out, "passphrase-file": passphraseFiles } = own;
    if (out === undefined) throw new ConfigError("say where the key goes: --out FILE");
    using passphrase = readPassphrase(passphraseFiles?.split(",") ?? []);
    // One who was killed in between left a file of the same root: only that one is written anew.
    if (existsSync(out) && !readText(out).includes("SEALKEEPER SEALED ROOT KEY")) {
      throw new ConfigError(`${out} is another file: choose a name that is free`);
    }
    const revoked = `${out.replace(/\.key$/, "")}.revoked.json`;
    expectOurs(revoked);
    const file = {
      write: (text: string) => writeSecretFile(out, text),
      read: () => readText(out),
      writeRevoked: (text: string) => writeSecretFile(revoked, text),
    };
    const { fingerprint, crlUntil } = await takeOffline(id, passphrase.bytes, file, deps);
    return {
      value: { id, file: out, revoked, fingerprint, crlUntil },
      text: [
        `The key of ${id} is in ${out} alone, sealed under your passphrase; here it is destroyed.`,
        `  SHA-256 of its certificate: ${fingerprint}`,
        `  its CRL is good until ${crlUntil.toISOString()}: sign the next one before (ca ceremony crl)`,
        `  ${revoked}: what it has revoked, and each of its CRLs must list`,
        "Put both files on two media that are kept apart. In the directory of the ceremony they are root.key and revoked.json:",
        "try them there (ca ceremony crl), and delete the key from this machine.",
        "Backups of the database from before still hold the key, sealed under the root of custody.",
      ].join("\n"),
    };
  });
}

/** One who was killed in between left a list: nothing else is overwritten. */
function expectOurs(path: string): void {
  if (!existsSync(path)) return;
  try {
    readRevoked(readText(path));
  } catch (error) {
    if (!(error instanceof HierarchyError)) throw error;
    throw new ConfigError(`${path} is another file: choose a name for --out that leaves it free`);
  }
}
