import { HASH_BYTES } from "#lib/merkle/hashes.ts";
import { levelWidths, TILE_WIDTH } from "#lib/merkle/tiles.ts";
import { type NoteVerifier, parseCheckpoint } from "#lib/signed-note.ts";
import {
  countRecords,
  doublePending,
  type LeafRow,
  leavesFrom,
  lostPending,
  strayRecords,
} from "#store/audit-stream.ts";
import { findTree, keptHeadsAfter, tilesFrom } from "#store/audit-tree.ts";
import type { Db } from "#store/store.ts";
import { readHead } from "./heads.ts";
import { type FoundHead, openVerification, timeOf, type Verdict, type Verification } from "./verify.ts";

export interface StoreVerdict extends Verdict {
  /** Records that are not in the tree yet. */
  readonly pending: number;
  readonly heads: number;
  /** The newest head's time. */
  readonly signedAt: number | undefined;
}

/**
 * Holds every record of a database against the tree, the tree against its signed heads, and all of it against what witnesses
 * kept. Pass a transaction that reads one moment (`atOneMoment`).
 */
export async function verifyStore(
  db: Db,
  verifier: NoteVerifier,
  witnesses: readonly FoundHead[],
  onProgress: (done: number, of: number) => void,
): Promise<StoreVerdict> {
  const tree = await findTree(db);
  const counts = await countRecords(db);
  const { heads, problems } = await readHeads(db, verifier);
  const all = [...heads, ...witnesses].sort((a, b) => a.size - b.size);
  const looking = openVerification(all);
  for (const text of problems) looking.note({ kind: "head", text });
  if (tree.checkpoint === undefined && tree.size > 0)
    looking.note({ kind: "head", text: "the tree has no signed head" });
  const newest = heads.at(-1);
  if (newest && newest.size !== tree.size) {
    looking.note({ kind: "head", text: `the tree has ${tree.size} leaves, its newest head ${newest.size}` });
  }
  const placed = await takeLeaves(db, Math.max(tree.size, newest?.size ?? 0), looking, onProgress);
  await takeLine(db, counts.records - placed - counts.waiting, looking);
  const upper = await readUpperTiles(db, tree.size);
  const verdict = looking.finish((level, number) => upper.get(`${level}/${number}`));
  return { ...verdict, pending: counts.waiting, heads: all.length, signedAt: tree.signedAt };
}

/**
 * Judges a database that has no signer: that is so before the first start, and then nothing else is there. `witnesses` are
 * signed heads, whoever signed them, by what they are called.
 */
export async function verifyUnsigned(db: Db, witnesses: ReadonlyMap<string, string>): Promise<StoreVerdict> {
  const looking = openVerification([]);
  const { size } = await findTree(db);
  const { records, waiting } = await countRecords(db);
  const leaves = await leavesFrom(db, 0, 1);
  const tiles = await tilesFrom(db, 0, 0, 1);
  const heads = await keptHeadsAfter(db, -1, 1);
  if (records + size + leaves.length + tiles.length + heads.length > 0) {
    const text = `the key that signs heads is gone, and ${records} records are there: it was removed, or the first start was killed, which the next one makes good`;
    looking.note({ kind: "head", text });
  }
  for (const [what, note] of witnesses) {
    const head = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
    const of = head ? `is of ${head.size} records of ${head.origin}` : "was kept";
    looking.note({ kind: "removed", text: `${what} ${of}, and no journal is there: it was removed` });
  }
  return { ...looking.finish(() => undefined), pending: waiting, heads: 0, signedAt: undefined };
}

/**
 * Leaves in order, those that are missing as such, each with the hash that stands in its tile. Answers how many of them have
 * their record.
 */
async function takeLeaves(
  db: Db,
  size: number,
  looking: Verification,
  onProgress: (done: number, of: number) => void,
): Promise<number> {
  let placed = 0;
  let expected = 0;
  let tiles = new Map<number, Uint8Array>();
  const take = (entry: string | undefined): void => {
    const bytes = tiles.get(Math.floor(expected / TILE_WIDTH));
    const storedAt = (expected % TILE_WIDTH) * HASH_BYTES;
    const stored = bytes && bytes.length >= storedAt + HASH_BYTES ? bytes : undefined;
    looking.take({ index: expected, entry, stored, storedAt });
    expected += 1;
  };
  const missing = (until: number): void => {
    while (expected < until) take(undefined);
  };
  const readTiles = async (from: number): Promise<void> => {
    const first = Math.floor(from / TILE_WIDTH);
    const rows = await tilesFrom(db, 0, first, TILES_AT_ONCE);
    tiles = new Map(rows.map(({ number, hashes }) => [number, hashes]));
  };
  const read = (from: number): Promise<readonly LeafRow[]> => leavesFrom(db, from, TILES_AT_ONCE * TILE_WIDTH);
  for (let from = 0; from < size; from += TILES_AT_ONCE * TILE_WIDTH) {
    const rows = await read(from);
    await readTiles(from);
    const end = Math.min(size, from + TILES_AT_ONCE * TILE_WIDTH);
    for (const row of rows) {
      if (row.leafIndex >= end) break;
      missing(row.leafIndex);
      if (row.entry !== null) placed += 1;
      take(row.entry ?? undefined);
    }
    missing(end);
    onProgress(expected, size);
  }
  for (const row of await leavesFrom(db, size, MOST_STRAYS)) {
    const time = timeOf(row.entry ?? undefined);
    const at = time === undefined ? {} : { at: time };
    looking.note({
      kind: "inserted",
      index: row.leafIndex,
      ...at,
      text: `record ${row.leafIndex} is behind the end of the tree`,
    });
  }
  return placed;
}

/** Every record has its place or waits for one. What stands in line is few; the records are only searched where `strays` are. */
async function takeLine(db: Db, strays: number, looking: Verification): Promise<void> {
  for (const { id, at, eventName } of strays === 0 ? [] : await strayRecords(db, MOST_STRAYS)) {
    const text = `the record with the id ${id} (${eventName}) has no place in the tree: it was inserted, or its place removed`;
    looking.note({ kind: "inserted", at, text });
  }
  for (const id of await lostPending(db, MOST_STRAYS)) {
    const text = `the record with the id ${id} was removed before it had a place in the tree`;
    looking.note({ kind: "removed", text });
  }
  for (const id of await doublePending(db, MOST_STRAYS)) {
    const text = `the record with the id ${id} waits for a place in the tree, which it has: it was put into line again`;
    looking.note({ kind: "inserted", text });
  }
}

async function readHeads(
  db: Db,
  verifier: NoteVerifier,
): Promise<{ readonly heads: readonly FoundHead[]; readonly problems: readonly string[] }> {
  const heads: FoundHead[] = [];
  const problems: string[] = [];
  const add = (note: string, what: string): void => {
    const head = readHead(note, verifier, what);
    if ("problem" in head) problems.push(head.problem);
    else heads.push(head);
  };
  for (let after = -1; ; ) {
    const kept = await keptHeadsAfter(db, after, HEADS_AT_ONCE);
    for (const { size, signedAt, checkpoint } of kept) {
      add(checkpoint, `the head of ${size} records that was kept at ${new Date(signedAt).toISOString()}`);
    }
    const last = kept.at(-1);
    if (!last || kept.length < HEADS_AT_ONCE) break;
    after = last.size;
  }
  const { checkpoint } = await findTree(db);
  if (checkpoint !== undefined) add(checkpoint, "the newest head");
  return { heads, problems };
}

/** The hashes above the leaves': a 256th of the tree. */
async function readUpperTiles(db: Db, size: number): Promise<ReadonlyMap<string, Uint8Array>> {
  const tiles = new Map<string, Uint8Array>();
  for (const level of levelWidths(size).keys()) {
    if (level === 0) continue;
    for (let from = 0; ; ) {
      const rows = await tilesFrom(db, level, from, TILES_AT_ONCE);
      for (const { number, hashes } of rows) tiles.set(`${level}/${number}`, hashes);
      const last = rows.at(-1);
      if (!last || rows.length < TILES_AT_ONCE) break;
      from = last.number + 1;
    }
  }
  return tiles;
}

const TILES_AT_ONCE = 16;
const HEADS_AT_ONCE = 1_000;
const MOST_STRAYS = 1_000;
