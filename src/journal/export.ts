import { leafHash } from "#lib/merkle/hashes.ts";
import { levelWidths } from "#lib/merkle/tiles.ts";
import { type NoteVerifier, writeVerifier } from "#lib/signed-note.ts";
import { leavesFrom } from "#store/audit-stream.ts";
import { findTree, keptHeadsAfter, tilesFrom } from "#store/audit-tree.ts";
import type { Db } from "#store/store.ts";

/** What the first line of an export says it is. */
export const EXPORT_FORMAT = "sealkeeper-journal/1";

/**
 * The whole journal as lines of JSON, which can be verified without the database: what it is, the signed heads, every record
 * of the tree with its hash, the hashes above them. Pages of lines; pass a transaction that reads one moment.
 */
export async function* exportJournal(db: Db, verifier: NoteVerifier): AsyncGenerator<readonly string[]> {
  const { size, checkpoint } = await findTree(db);
  yield [JSON.stringify({ format: EXPORT_FORMAT, origin: verifier.name, key: writeVerifier(verifier), size })];
  for (let after = -1; ; ) {
    const kept = await keptHeadsAfter(db, after, AT_ONCE);
    yield kept
      .filter((head) => head.checkpoint !== checkpoint)
      .map((head) => JSON.stringify({ checkpoint: head.checkpoint }));
    const last = kept.at(-1);
    if (!last || kept.length < AT_ONCE) break;
    after = last.size;
  }
  if (checkpoint !== undefined) yield [JSON.stringify({ checkpoint })];
  for (let from = 0; from < size; from += AT_ONCE) {
    const rows = await leavesFrom(db, from, Math.min(AT_ONCE, size - from));
    yield rows.flatMap(({ leafIndex, entry }) => (entry === null ? [] : [entryLine(leafIndex, entry)]));
  }
  for (const level of levelWidths(size).keys()) {
    for (let from = 0; level > 0; ) {
      const tiles = await tilesFrom(db, level, from, AT_ONCE);
      yield tiles.map(({ number, hashes }) => JSON.stringify({ tile: [level, number], hashes: base64(hashes) }));
      const last = tiles.at(-1);
      if (!last || tiles.length < AT_ONCE) break;
      from = last.number + 1;
    }
  }
}

/** A record's line: what stands behind "entry" is hashed, byte for byte. */
function entryLine(index: number, entry: string): string {
  return `{"index":${index},"hash":"${base64(leafHash(entry))}","entry":${entry}}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

const AT_ONCE = 1_000;
