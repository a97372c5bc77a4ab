import { hash } from "node:crypto";

/** The length of every hash, in bytes (SHA-256). */
export const HASH_BYTES = 32;

/** The hash of a leaf whose entry is a text, as UTF-8 (RFC 9162, section 2.1.1). */
export function leafHash(entry: string): Buffer {
  return hash("sha256", `\0${entry}`, "buffer");
}

/** The hash of a leaf whose entry is bytes. */
export function leafHashOf(entry: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(entry.length + 1);
  input[0] = 0;
  input.set(entry, 1);
  return hash("sha256", input, "buffer");
}

/** The hash of an inner node. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  PAIR.set(left, 1);
  PAIR.set(right, 1 + HASH_BYTES);
  return hash("sha256", PAIR, "buffer");
}

/** The root of a tree with these hashes in place of its leaves' (RFC 9162, section 2.1.1). */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (!first) return EMPTY_ROOT;
  if (Number.isInteger(Math.log2(hashes.length))) return perfectRoot(hashes);
  const split = largestPowerBelow(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** Level by level, without a copy of any part: tiles are full nearly always. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i + 1 < row.length; i += 2) above.push(nodeHash(row[i] ?? EMPTY_ROOT, row[i + 1] ?? EMPTY_ROOT));
    row = above;
  }
  return row[0] ?? EMPTY_ROOT;
}

/** The largest power of two that is smaller than `count`, which is 2 or more: where a tree splits. */
export function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The root of the tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Uint8Array = hash("sha256", "", "buffer");

/** Hashing is synchronous, so one buffer serves all pairs. */
const PAIR = Buffer.alloc(1 + 2 * HASH_BYTES);
PAIR[0] = 1;
