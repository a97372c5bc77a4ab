import { existsSync } from "node:fs";
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
    const file = { write: (text: string) => writeSecretFile(out, text), read: () => readText(out) };
    const { fingerprint, crlUntil } = await takeOffline(id, passphrase.bytes, file, deps);
    return {
      value: { id, file: out, fingerprint, crlUntil },
      text: [
        `The key of ${id} is in ${out} alone, sealed under your passphrase; here it is destroyed.`,
        `  SHA-256 of its certificate: ${fingerprint}`,
        `  its CRL is good until ${crlUntil.toISOString()}: sign the next one before (ca ceremony crl)`,
        "Put the file on two media that are kept apart, try it there (ca ceremony crl), and delete it from this machine.",
        "Backups of the database from before still hold the key, sealed under the root of custody.",
      ].join("\n"),
    };
  });
}
