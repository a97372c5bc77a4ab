/**
 * Bytes that wait until somebody wants them. A peer may cut them into single bytes: they are put together, so that what
 * waits costs by its length and not by its pieces.
 */
export class Waiting {
  #chunks: Buffer[] = NOTHING;
  #first = 0;
  /** How much of the last chunk is used. */
  #filled = 0;

  get isEmpty(): boolean {
    return this.#first === this.#chunks.length;
  }

  /** Copies a piece. */
  add(piece: Buffer): void {
    const last = this.isEmpty ? undefined : this.#chunks.at(-1);
    const fits = last ? Math.min(last.length - this.#filled, piece.length) : 0;
    if (last && fits > 0) {
      piece.copy(last, this.#filled, 0, fits);
      this.#filled += fits;
    }
    if (fits === piece.length) return;
    if (this.#chunks === NOTHING) this.#chunks = [];
    const rest = piece.subarray(fits);
    const chunk = Buffer.allocUnsafe(Math.max(CHUNK, rest.length));
    this.#filled = rest.copy(chunk);
    this.#chunks.push(chunk);
  }

  /** The oldest bytes; undefined when nothing waits. */
  take(): Buffer | undefined {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return undefined;
    this.#first += 1;
    if (!this.isEmpty) return chunk;
    const piece = chunk.subarray(0, this.#filled);
    this.clear();
    return piece;
  }

  clear(): void {
    this.#chunks = NOTHING;
    this.#first = 0;
    this.#filled = 0;
  }
}

const NOTHING: Buffer[] = [];
const CHUNK = 16 * 1024;
