import { encodeHuffman, huffmanLength } from "#edge/http2/huffman.ts";
import { STATIC_TABLE } from "#edge/http2/static-table.ts";
import { between, chance } from "./draw.ts";
import type { Random } from "./fuzzer.ts";

/** Writes headers as HPACK lets, in any of its ways, and keeps the table that the reader should have. */
export class HpackWriter {
  readonly #random: Random;
  #table: { readonly name: string; readonly value: string }[] = [];
  #size = 0;
  #limit = 4096;

  constructor(random: Random) {
    this.#random = random;
  }

  block(headers: readonly (readonly [string, string])[]): Buffer {
    const parts: Buffer[] = [];
    if (chance(this.#random, 0.05)) {
      this.#limit = between(this.#random, 0, 3) === 0 ? 4096 : between(this.#random, 0, 300);
      this.#evict(0);
      parts.push(integer(0x20, 5, this.#limit));
    }
    for (const [name, value] of headers) parts.push(this.#header(name, value));
    return Buffer.concat(parts);
  }

  /** A reference to an entry that there is, or just not any more. */
  reference(): Buffer {
    return integer(0x80, 7, between(this.#random, 1, 61 + this.#table.length + (chance(this.#random, 0.1) ? 1 : 0)));
  }

  #header(name: string, value: string): Buffer {
    const random = this.#random;
    const found = this.#find(name, value);
    if (found > 0 && chance(random, 0.8)) return integer(0x80, 7, found);
    const named = chance(random, 0.7) ? this.#find(name) : 0;
    const [first, prefix] = (
      [
        [0x40, 6],
        [0x40, 6],
        [0, 4],
        [0x10, 4],
      ] as const
    )[between(random, 0, 3)] ?? [0, 4];
    if (first === 0x40) this.#add(name, value);
    return Buffer.concat([
      integer(first, prefix, named),
      ...(named === 0 ? [this.#string(name)] : []),
      this.#string(value),
    ]);
  }

  #find(name: string, value?: string): number {
    const known = STATIC_TABLE.findIndex(
      (one) => one?.field.name === name && (value === undefined || one.field.value === value),
    );
    if (known > 0 && chance(this.#random, 0.7)) return known;
    const at = this.#table.findIndex((one) => one.name === name && (value === undefined || one.value === value));
    return at < 0 ? Math.max(known, 0) : 62 + at;
  }

  #add(name: string, value: string): void {
    const size = name.length + value.length + 32;
    this.#evict(size);
    if (size > this.#limit) return;
    this.#table.unshift({ name, value });
    this.#size += size;
  }

  #evict(wanted: number): void {
    while (this.#size + wanted > this.#limit) {
      const last = this.#table.pop();
      if (!last) return;
      this.#size -= last.name.length + last.value.length + 32;
    }
  }

  #string(text: string): Buffer {
    if (chance(this.#random, 0.5)) return Buffer.concat([integer(0, 7, text.length), Buffer.from(text, "latin1")]);
    const out = Buffer.alloc(huffmanLength(text));
    encodeHuffman(text, out, 0);
    return Buffer.concat([integer(0x80, 7, out.length), out]);
  }
}

/** RFC 7541 section 5.1. */
export function integer(first: number, prefix: number, value: number): Buffer {
  const mask = (1 << prefix) - 1;
  if (value < mask) return Buffer.of(first | value);
  const bytes = [first | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
