import { type NoteVerifier, openNote, parseCheckpoint } from "#lib/signed-note.ts";
import type { FoundHead } from "./verify.ts";

/** A signed head, when the verifier signed it for its own journal; otherwise why not. */
export function readHead(note: string, verifier: NoteVerifier, what: string): FoundHead | { readonly problem: string } {
  const text = openNote(note, verifier);
  if (text === undefined) return { problem: `${what} is not signed by ${verifier.name}'s key` };
  const head = parseCheckpoint(text);
  if (!head || head.origin !== verifier.name)
    return { problem: `${what} is signed, but is no head of ${verifier.name}` };
  const time = head.extensions.find((line) => line.startsWith("time "));
  const at = time === undefined ? Number.NaN : Date.parse(time.slice("time ".length));
  return { what, size: head.size, root: head.root, at: Number.isNaN(at) ? undefined : at };
}
