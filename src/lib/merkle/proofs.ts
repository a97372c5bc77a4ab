import { largestPowerBelow, nodeHash } from "./hashes.ts";

/** The root of a perfect tree that is part of a larger one: 2^`height` leaves from leaf `index` · 2^`height` on. */
export type PerfectTree = (height: number, index: number) => Promise<Uint8Array>;

/** What proves that a leaf is in a tree of this size: the hashes beside its path to the root (RFC 9162, section 2.1.3). */
export async function inclusionProof(index: number, size: number, at: PerfectTree): Promise<readonly Uint8Array[]> {
  checkRange(index < size, index, size);
  const path = async (from: number, count: number): Promise<Uint8Array[]> => {
    if (count === 1) return [];
    const split = largestPowerBelow(count);
    return index < from + split
      ? [...(await path(from, split)), await rangeRoot(from + split, count - split, at)]
      : [...(await path(from + split, count - split)), await rangeRoot(from, split, at)];
  };
  return await path(0, size);
}

/** What proves that the tree of `older` leaves is where the tree of `size` leaves began (RFC 9162, section 2.1.4). */
export async function consistencyProof(older: number, size: number, at: PerfectTree): Promise<readonly Uint8Array[]> {
  checkRange(older > 0 && older <= size, older, size);
  const path = async (old: number, from: number, count: number, whole: boolean): Promise<Uint8Array[]> => {
    if (old === count) return whole ? [] : [await rangeRoot(from, count, at)];
    const split = largestPowerBelow(count);
    return old <= split
      ? [...(await path(old, from, split, whole)), await rangeRoot(from + split, count - split, at)]
      : [...(await path(old - split, from + split, count - split, false)), await rangeRoot(from, split, at)];
  };
  return await path(older, 0, size, true);
}

/** The root to which an inclusion proof leads; undefined when it cannot be one (RFC 9162, section 2.1.3.2). */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index >= size) return undefined;
  let [place, last] = [index, size - 1];
  let hash = leaf;
  for (const beside of proof) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(beside, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(hash, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? hash : undefined;
}

/** The two roots, of the older tree and of the later one, to which a consistency proof leads (RFC 9162, section 2.1.4.2). */
export function rootsOfConsistency(
  older: number,
  olderRoot: Uint8Array,
  size: number,
  proof: readonly Uint8Array[],
): { readonly older: Uint8Array; readonly later: Uint8Array } | undefined {
  if (older < 1 || older > size) return undefined;
  if (older === size) return proof.length === 0 ? { older: olderRoot, later: olderRoot } : undefined;
  const hashes = Number.isInteger(Math.log2(older)) ? [olderRoot, ...proof] : proof;
  const [first, ...more] = hashes;
  if (!first) return undefined;
  let [place, last] = [older - 1, size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [was, is] = [first, first];
  for (const beside of more) {
    if (last === 0) return undefined;
    if (place % 2 === 1 || place === last) {
      was = nodeHash(beside, was);
      is = nodeHash(beside, is);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      is = nodeHash(is, beside);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? { older: was, later: is } : undefined;
}

/** The root of `count` leaves from leaf `from` on, which begins where a perfect tree of that size may begin. */
async function rangeRoot(from: number, count: number, at: PerfectTree): Promise<Uint8Array> {
  const height = Math.log2(count);
  if (Number.isInteger(height)) return await at(height, from / count);
  const split = largestPowerBelow(count);
  return nodeHash(await rangeRoot(from, split, at), await rangeRoot(from + split, count - split, at));
}

function checkRange(fits: boolean, part: number, size: number): void {
  if (!fits) throw new Error(`a tree of ${size} leaves has no proof of ${part}`);
}

const half = (value: number): number => Math.floor(value / 2);
