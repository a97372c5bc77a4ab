import { HASH_BYTES, rootOf } from "./hashes.ts";

/** How many hashes a full tile has: eight levels of the tree stand between a tile and the one above it (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
/** The levels of the tree in one tile. */
export const TILE_HEIGHT = 8;

/** A row of hashes of the tree: `level` 0 are those of leaves, a hash of each next level is the root of a full tile. */
export interface Tile {
  readonly level: number;
  /** Counted from the left; tile n begins at the hash n · 256 of its level. */
  readonly number: number;
  /** At most 256 hashes, one after the other. */
  readonly hashes: Buffer;
}

/** How many hashes each level has in a tree of this size, from the leaves up; the last has at most 256. */
export function levelWidths(size: number): readonly number[] {
  const widths = [];
  for (let width = size; width > 0; width = Math.floor(width / TILE_WIDTH)) widths.push(width);
  return widths;
}

/** The tiles at the right edge of a tree, those that are not full: what it takes to append to it, and to know its root. */
export function rightEdge(
  size: number,
): readonly { readonly level: number; readonly number: number; readonly width: number }[] {
  return levelWidths(size).flatMap((hashes, level) => {
    const width = hashes % TILE_WIDTH;
    return width === 0 ? [] : [{ level, number: Math.floor(hashes / TILE_WIDTH), width }];
  });
}

/**
 * Appends leaves to a tree. `edge` are the hashes of the partial tiles at its right edge, by level. Answers every tile that
 * is new or has more hashes than before, and the root.
 */
export function appendToTiles(
  size: number,
  edge: ReadonlyMap<number, Uint8Array>,
  leaves: readonly Uint8Array[],
): { readonly size: number; readonly root: Uint8Array; readonly tiles: readonly Tile[] } {
  const tiles: Tile[] = [];
  const open: Buffer[][] = [];
  let before = size;
  let added: readonly Buffer[] = leaves.map((leaf) => Buffer.from(leaf));
  for (let level = 0; before > 0 || added.length > 0; level += 1) {
    let row: Buffer[] = splitHashes(edge.get(level) ?? Buffer.alloc(0));
    if (row.length !== before % TILE_WIDTH)
      throw new Error(`tile of level ${level} has ${row.length} hashes, not ${before % TILE_WIDTH}`);
    const first = Math.floor(before / TILE_WIDTH);
    const full: Buffer[] = [];
    for (let from = 0, number = first; from < added.length; number += 1) {
      const taken = added.slice(from, from + TILE_WIDTH - row.length);
      from += taken.length;
      row = [...row, ...taken];
      tiles.push({ level, number, hashes: Buffer.concat(row) });
      if (row.length < TILE_WIDTH) break;
      full.push(Buffer.from(rootOf(row)));
      row = [];
    }
    open[level] = row;
    before = first;
    added = full;
  }
  return { size: size + leaves.length, root: edgeRoot(open), tiles };
}

/** The root of the tree whose right edge has these hashes, by level. */
export function edgeRoot(edge: readonly (readonly Uint8Array[])[]): Uint8Array {
  let below: Uint8Array | undefined;
  for (const row of edge) {
    const all = below ? [...row, below] : row;
    below = all.length > 0 ? rootOf(all) : undefined;
  }
  return below ?? rootOf([]);
}

/** The hashes of a tile, each by itself. They share its memory. */
export function splitHashes(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(buffer.length / HASH_BYTES) }, (_, index) =>
    buffer.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}

/** A tile as a URL's path names it: `tile/0/x001/234`, and `tile/0/x001/234.p/7` for the first seven hashes of one. */
export function parseTilePath(
  path: string,
): { readonly level: number; readonly number: number; readonly width: number } | undefined {
  const [, level, groups, last, partial] =
    /^tile\/(0|[1-9]|[1-5]\d|6[0-3])\/((?:x\d{3}\/){0,5})(\d{3})(?:\.p\/([1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?$/.exec(
      path,
    ) ?? [];
  if (level === undefined || groups === undefined || last === undefined) return undefined;
  if (groups.startsWith("x000/")) return undefined;
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  return { level: Number(level), number: Number(groups.replaceAll(/[x/]/g, "") + last), width };
}
