import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { readHead } from "#journal/heads.ts";
import { rootAt } from "#journal/tree.ts";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import { type NoteVerifier, writeVerifier } from "#lib/signed-note.ts";
import type { Store } from "#store/store.ts";
import { readIfThere, writeSecretFile } from "./data-dir.ts";

/** Keeps the newest signed head in the data directory. */
export interface CheckpointFiles {
  /** Writes the head, unless one was written in the last minute: then it waits. */
  write(checkpoint: string): Promise<void>;
  /** Writes what waits. */
  end(): Promise<void>;
}

/**
 * Writes signed heads into the data directory, where whoever takes copies finds them: the first, one a minute, and the last.
 * They are a witness to everything that was in the journal then, against whoever changes only the database; so a head that
 * the journal contradicts is never written over, but kept under a name that says so, which `onContradiction` is told.
 */
export function checkpointFiles(
  dataDir: string,
  verifier: NoteVerifier,
  deps: {
    readonly store: Store;
    readonly clock: Clock;
    readonly onContradiction: (found: { readonly file: string; readonly why: string }) => void;
  },
): CheckpointFiles {
  const path = join(dataDir, CHECKPOINT_FILE);
  writeKey(dataDir, verifier);
  let writtenAt = 0;
  let waiting: string | undefined;
  const put = async (): Promise<void> => {
    if (waiting === undefined) return;
    const there = readIfThere(path)?.toString();
    const why = there === undefined ? undefined : await contradiction(there, verifier, deps);
    if (there !== undefined && why !== undefined) {
      deps.onContradiction({ file: setAside(dataDir, CHECKPOINT_FILE, there), why });
    }
    writeSecretFile(path, waiting);
    waiting = undefined;
  };
  return {
    async write(checkpoint) {
      waiting = checkpoint;
      const now = deps.clock.now().getTime();
      if (now - writtenAt < EVERY) return;
      writtenAt = now;
      await put();
    },
    end: put,
  };
}

/** The heads that are kept in a data directory: the newest, and those that the journal contradicted. */
export function findCheckpointFiles(dataDir: string): readonly string[] {
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  return names
    .filter((name) => name === CHECKPOINT_FILE || name.startsWith(`${CHECKPOINT_FILE}${ASIDE}`))
    .toSorted()
    .map((name) => join(dataDir, name));
}

/** Why the journal is not the one that this head was signed for, with more records or as many; undefined when it is. */
async function contradiction(
  note: string,
  verifier: NoteVerifier,
  { store }: { readonly store: Store },
): Promise<string | undefined> {
  const head = readHead(note, verifier, "it");
  if ("problem" in head) return head.problem;
  const root = await rootAt(head.size, { store });
  if (root && Buffer.from(root).equals(head.root)) return undefined;
  return root
    ? `the first ${head.size} records are not those that it was signed for`
    : `it is of ${head.size} records, which the journal has no more`;
}

/** The key that signs heads, for witnesses. Another journal's stays beside it: its heads cannot be read without. */
function writeKey(dataDir: string, verifier: NoteVerifier): void {
  const line = `${writeVerifier(verifier)}\n`;
  const there = readIfThere(join(dataDir, KEY_FILE))?.toString();
  if (there === line) return;
  if (there !== undefined) setAside(dataDir, KEY_FILE, there);
  writeSecretFile(join(dataDir, KEY_FILE), line);
}

/** Its name is made of what is in it, so that none takes the place of another. Answers it. */
function setAside(dataDir: string, name: string, content: string): string {
  const aside = join(dataDir, `${name}${ASIDE}${createHash("sha256").update(content).digest("hex").slice(0, 16)}`);
  renameSync(join(dataDir, name), aside);
  return aside;
}

const CHECKPOINT_FILE = "journal-checkpoint";
const KEY_FILE = "journal-key";
const ASIDE = ".contradicted-";
const EVERY: Millis = MINUTE;
