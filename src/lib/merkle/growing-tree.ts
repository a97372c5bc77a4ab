import { EMPTY_ROOT, nodeHash } from "./hashes.ts";

/** A tree that is only appended to, in memory that grows with the logarithm of its size: it knows its root, and forgets its leaves. */
export class GrowingTree {
  #size = 0;
  /** The roots of the perfect trees that it consists of: by height, the one that is there when the size has that bit. */
  readonly #peaks: (Uint8Array | undefined)[] = [];

  get size(): number {
    return this.#size;
  }

  append(leaf: Uint8Array): void {
    this.appendPerfect(0, leaf);
  }

  /** Appends the root of a perfect tree of 2^`height` leaves; the size so far is a multiple of that. */
  appendPerfect(height: number, root: Uint8Array): void {
    let at = height;
    let hash = root;
    for (let left = this.#peaks[at]; left; left = this.#peaks[at]) {
      hash = nodeHash(left, hash);
      this.#peaks[at] = undefined;
      at += 1;
    }
    this.#peaks[at] = hash;
    this.#size += 2 ** height;
  }

  /** The root; with `rest`, that of the tree with a smaller tree of this root behind the last leaf. */
  root(rest?: Uint8Array): Uint8Array {
    let root = rest;
    for (const peak of this.#peaks) if (peak) root = root ? nodeHash(peak, root) : peak;
    return root ?? EMPTY_ROOT;
  }
}
