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
    let height = 0;
    let hash = leaf;
    for (let left = this.#peaks[height]; left; left = this.#peaks[height]) {
      hash = nodeHash(left, hash);
      this.#peaks[height] = undefined;
      height += 1;
    }
    this.#peaks[height] = hash;
    this.#size += 1;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const peak of this.#peaks) if (peak) root = root ? nodeHash(peak, root) : peak;
    return root ?? EMPTY_ROOT;
  }
}
