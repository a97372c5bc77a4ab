import { hash } from "node:crypto";

/** The hash of a leaf of a Merkle tree (RFC 6962 section 2.1). */
export function leafHash(leaf: Uint8Array): Buffer {
  return hash("sha256", Buffer.concat([LEAF, leaf]), "buffer");
}

/** The hash of a node over two others. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash("sha256", Buffer.concat([NODE, left, right]), "buffer");
}

/**
 * The root over these hashes, at least one. They may be of whole subtrees of one size, a power of two; then the last one
 * may be of a smaller subtree.
 */
export function rootOver(hashes: readonly Uint8Array[]): Buffer {
  const [only, ...more] = hashes;
  if (!only) throw new Error("there is no root over nothing");
  if (more.length === 0) return Buffer.from(only);
  const half = 2 ** (31 - Math.clz32(hashes.length - 1));
  return nodeHash(rootOver(hashes.slice(0, half)), rootOver(hashes.slice(half)));
}

/** The root of the tree without leaves. */
export const EMPTY_ROOT: Buffer = hash("sha256", Buffer.alloc(0), "buffer");

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
