import { join } from "node:path";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import { type NoteVerifier, writeVerifier } from "#lib/signed-note.ts";
import { writeSecretFile } from "./data-dir.ts";

/** The newest signed head in the data directory, where whoever takes copies finds it. */
export const CHECKPOINT_FILE = "journal-checkpoint";
/** The key that signs heads, for witnesses. */
export const KEY_FILE = "journal-key";

/**
 * Writes signed heads into the data directory: the first, one a minute, and the last when `end` says so. They are a witness
 * to everything that was in the journal then, against whoever changes only the database.
 */
export function checkpointFiles(
  dataDir: string,
  verifier: NoteVerifier,
  { clock }: { readonly clock: Clock },
): { write(checkpoint: string): void; end(): void } {
  writeSecretFile(join(dataDir, KEY_FILE), `${writeVerifier(verifier)}\n`);
  let writtenAt = 0;
  let waiting: string | undefined;
  const put = (): void => {
    if (waiting !== undefined) writeSecretFile(join(dataDir, CHECKPOINT_FILE), waiting);
    waiting = undefined;
  };
  return {
    write(checkpoint) {
      waiting = checkpoint;
      const now = clock.now().getTime();
      if (now - writtenAt < EVERY) return;
      writtenAt = now;
      put();
    },
    end: put,
  };
}

const EVERY: Millis = MINUTE;
