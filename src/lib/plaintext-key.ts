import { inspect } from "node:util";

/**
 * Clear key material: the one type that may hold it. Take it with `using`, so that it is wiped at the end of the block.
 * It prints, serialises and concatenates as `[private key]`. What OpenSSL copies inside is out of reach.
 */
export class PlaintextKey implements Disposable {
  readonly #bytes: Buffer;

  /** Takes `bytes` over: they are wiped with this key, so nobody else may hold on to them. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    Object.defineProperty(this, inspect.custom, { value: () => MASK });
  }

  /** The bytes themselves. Do not keep them beyond the `using` block, nor make a string of them. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }
}

const MASK = "[private key]";
