import { existsSync, readFileSync } from "node:fs";
import { isOwnKey } from "#custody/head-signer.ts";
import { NotSealedHere } from "#custody/root.ts";
import { readHead } from "#journal/heads.ts";
import type { FoundHead } from "#journal/verify.ts";
import { systemClock } from "#lib/clock.ts";
import { type NoteVerifier, noteVerifier, parseVerifier } from "#lib/signed-note.ts";
import type { Config } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { findCheckpointFiles } from "#main/journal-files.ts";
import { openLog } from "#main/log.ts";
import { openConfiguredRing, rootSetting, startConfiguredKms } from "#main/root-of-custody.ts";
import { findSigner } from "#store/audit-tree.ts";
import { openStore, type Store } from "#store/store.ts";

/** Opens the database that the settings name, which must be there. */
export async function openThere(config: Config): Promise<Store> {
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  return await openStore(config.database);
}

/** Who must have signed, and why that is believed; `problem` where the key in the database is another's. */
export interface Trusted {
  readonly verifier: NoteVerifier;
  readonly why: string;
  readonly problem?: string;
}

/**
 * The signer of a database's journal: as `--key` says, or held against the root of custody where that is at hand, otherwise as
 * the database itself says. Undefined where it has none.
 */
export async function trustedSigner(
  store: Store,
  key: string | undefined,
  config: Config,
): Promise<Trusted | undefined> {
  const stored = await findSigner(store);
  if (key !== undefined) {
    const verifier = readKey(key);
    const own = stored?.name === verifier.name && verifier.publicKey.equals(stored.publicKey);
    const problem = "the key that signs heads is not the one you gave: it was removed, or another put in its place";
    return { verifier, why: "the key you gave", ...(own ? {} : { problem }) };
  }
  if (!stored) return undefined;
  const verifier = noteVerifier(stored.name, stored.publicKey);
  const setting = rootSetting(config);
  if (setting.kind === "key-file" && !existsSync(setting.path)) {
    return { verifier, why: "the database's own word: give --key, or the --data-dir with its root of custody" };
  }
  const kms = startConfiguredKms(config, [setting], openLog("silent", "control"));
  const problem = "the key that signs heads is not the one that the root of custody sealed: it was put there";
  try {
    const { root } = await openConfiguredRing(config, { store, clock: systemClock, kms });
    const own = isOwnKey(stored, root);
    return { verifier, why: `sealed by the root of custody ${root.fingerprint}`, ...(own ? {} : { problem }) };
  } catch (error) {
    if (!(error instanceof NotSealedHere)) throw error;
    return { verifier, why: "", problem };
  } finally {
    await kms.vault.close();
  }
}

/** The verifier that a line, or a file with it, says. Throws ConfigError where it says none. */
export function readKey(text: string): NoteVerifier {
  const verifier = parseVerifier((existsSync(text) ? readFileSync(text, "utf8") : text).trim());
  if (!verifier)
    throw new ConfigError(`--key: neither a key (NAME+HASH+BASE64) nor a file with one: ${text.slice(0, 80)}`);
  return verifier;
}

/** Signed heads of witnesses: the file that is given, and those that the product left in the data directory. */
export function witnessesOf(
  given: string | undefined,
  config: Config | undefined,
  verifier: NoteVerifier,
): { readonly heads: readonly FoundHead[]; readonly problems: readonly string[] } {
  const read = [...readWitnesses(given, config)].map(([what, note]) => readHead(note, verifier, what));
  return {
    heads: read.flatMap((head) => ("problem" in head ? [] : [head])),
    problems: read.flatMap((head) => ("problem" in head ? [head.problem] : [])),
  };
}

/** The same as they stand there, by what they are called. */
export function readWitnesses(given: string | undefined, config: Config | undefined): ReadonlyMap<string, string> {
  const files = [...(given === undefined ? [] : [given]), ...(config ? findCheckpointFiles(config["data-dir"]) : [])];
  return new Map(files.map((file) => [`the witness ${file}`, readWitness(file)]));
}

function readWitness(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`--checkpoint: ${error instanceof Error ? error.message : file}`);
  }
}
