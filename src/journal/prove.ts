import { leafHash, rootOf } from "#lib/merkle/hashes.ts";
import { inclusionProof, type PerfectTree, rootOfInclusion } from "#lib/merkle/proofs.ts";
import { splitHashes, TILE_HEIGHT, TILE_WIDTH } from "#lib/merkle/tiles.ts";
import type { NoteVerifier } from "#lib/signed-note.ts";
import { leavesFrom } from "#store/audit-stream.ts";
import { findTile, findTree } from "#store/audit-tree.ts";
import type { Db } from "#store/store.ts";
import { readHead } from "./heads.ts";

/** A record with what proves that it is in the journal (RFC 9162, section 2.1.3). */
export interface RecordProof {
  readonly index: number;
  readonly size: number;
  /** The text that was hashed. */
  readonly entry: string;
  /** From the leaf up, in base64. */
  readonly inclusionProof: readonly string[];
  readonly checkpoint: string;
}

/** Proves the record at a place in the newest signed tree; a text says why it cannot be proved. */
export async function proveRecord(db: Db, index: number, verifier: NoteVerifier): Promise<RecordProof | string> {
  const { size, checkpoint = "" } = await findTree(db);
  if (index >= size) return `the tree has ${size} records: there is no ${index}`;
  const head = readHead(checkpoint, verifier, "the newest head");
  if ("problem" in head) return head.problem;
  const [leaf] = await leavesFrom(db, index, 1);
  if (leaf?.leafIndex !== index || leaf.entry === null) return `record ${index} was removed: sealkeeper audit verify`;
  const proof = await inclusionProof(index, size, storedTrees(db));
  const root = rootOfInclusion(leafHash(leaf.entry), index, size, proof);
  if (!root || Buffer.compare(head.root, root) !== 0)
    return `record ${index} is not the one that was signed: sealkeeper audit verify`;
  return {
    index,
    size,
    entry: leaf.entry,
    inclusionProof: proof.map((hash) => Buffer.from(hash).toString("base64")),
    checkpoint,
  };
}

/** Perfect trees out of stored tiles. */
function storedTrees(db: Db): PerfectTree {
  return async (height, index) => {
    const level = Math.floor(height / TILE_HEIGHT);
    const width = 2 ** (height % TILE_HEIGHT);
    const perTile = TILE_WIDTH / width;
    const hashes = splitHashes((await findTile(db, level, Math.floor(index / perTile))) ?? new Uint8Array(0));
    const from = (index % perTile) * width;
    return rootOf(hashes.slice(from, from + width));
  };
}
