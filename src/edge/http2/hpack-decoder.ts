import { type Header, header, headerNamed } from "./header.ts";
import { decodeHuffman } from "./huffman.ts";
import { FIRST_DYNAMIC, STATIC_TABLE } from "./static-table.ts";

/** A header block that is no HPACK: the connection's table is lost with it (RFC 9113 section 4.3). */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
}

/**
 * Reads header blocks (RFC 7541), one after the other as they came on a connection. A block costs time and memory in
 * proportion to its length, the table never holds more than `tableSize`.
 */
export class HpackDecoder {
  readonly #most: number;
  /** A ring, its length a power of two; the newest is at `#next - 1`. */
  #ring: (Header | undefined)[] = [];
  #next = 0;
  #count = 0;
  #size = 0;
  #limit: number;
  #bytes: Buffer = EMPTY;
  #at = 0;
  #end = 0;

  /** `tableSize` is what SETTINGS_HEADER_TABLE_SIZE promised. */
  constructor(tableSize: number = DEFAULT_TABLE_SIZE) {
    this.#most = tableSize;
    this.#limit = tableSize;
  }

  /** Tells every header of the whole block `bytes[from..to)`. @throws {CompressionError} */
  decode(bytes: Buffer, from: number, to: number, tell: HeaderHearer): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    let mayResize = true;
    while (this.#at < to) {
      const first = bytes[this.#at] as number;
      if (first >= 0x80) tell.header(this.#known(this.#integer(7)));
      else if (first >= 0x40) {
        const one = this.#literal(6);
        this.#add(one);
        tell.header(one);
      } else if (first < 0x20) tell.header(this.#literal(4));
      else if (mayResize) {
        this.#resize(this.#integer(5));
        continue;
      } else throw new CompressionError("the table's size changes inside a block");
      mayResize = false;
    }
    this.#bytes = EMPTY;
  }

  /** RFC 7541 section 6.3: only what was promised, only at the beginning of a block. */
  #resize(limit: number): void {
    if (limit > this.#most) throw new CompressionError("the table would be larger than was promised");
    this.#limit = limit;
    this.#evict(0);
  }

  #known(index: number): Header {
    if (index < FIRST_DYNAMIC) {
      const one = STATIC_TABLE[index];
      if (one === undefined) throw new CompressionError("index 0");
      return one;
    }
    const back = index - FIRST_DYNAMIC;
    if (back >= this.#count) throw new CompressionError("an index that no table has");
    return this.#ring[(this.#next - 1 - back) & (this.#ring.length - 1)] as Header;
  }

  #literal(prefix: number): Header {
    const index = this.#integer(prefix);
    if (index !== 0) {
      const named = this.#known(index);
      return headerNamed(named, this.#string());
    }
    const name = this.#string();
    return header(name, this.#string());
  }

  #add(one: Header): void {
    this.#evict(one.size);
    if (one.size > this.#limit) return; // the table is empty now, which is no error (RFC 7541 section 4.4)
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[this.#next] = one;
    this.#next = (this.#next + 1) & (this.#ring.length - 1);
    this.#count++;
    this.#size += one.size;
  }

  /** Makes room for `wanted`. */
  #evict(wanted: number): void {
    const mask = this.#ring.length - 1;
    while (this.#count > 0 && this.#size + wanted > this.#limit) {
      const oldest = (this.#next - this.#count) & mask;
      this.#size -= (this.#ring[oldest] as Header).size;
      this.#ring[oldest] = undefined;
      this.#count--;
    }
  }

  #grow(): void {
    const ring: (Header | undefined)[] = [];
    const { length } = this.#ring;
    for (let i = 0; i < Math.max(length * 2, 16); i++)
      ring.push(i < length ? this.#ring[(this.#next + i) & (length - 1)] : undefined);
    this.#ring = ring;
    this.#next = length;
  }

  /** RFC 7541 section 5.1; five bytes behind the prefix hold more than any length or index can be. */
  #integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let weight = 1; weight <= 2 ** 28; weight *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
    throw new CompressionError("an integer that is too large");
  }

  #string(): string {
    const huffman = (this.#bytes[this.#at] as number) >= 128;
    const length = this.#integer(7);
    const from = this.#at;
    const to = from + length;
    if (to > this.#end) throw new CompressionError("a string that ends outside of its block");
    this.#at = to;
    if (length === 0) return "";
    if (!huffman) return this.#bytes.toString("latin1", from, to);
    // The shortest code has five bits.
    const room = ((length * 8) / 5 + 3) | 0;
    const out = room <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(room);
    const decoded = decodeHuffman(this.#bytes, from, to, out);
    if (decoded < 0) throw new CompressionError("a string that is not coded as it says");
    return out.toString("latin1", 0, decoded);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new CompressionError("a block that ends inside a header");
    return this.#bytes[this.#at++] as number;
  }
}

/** Who is told the headers of a block. */
export interface HeaderHearer {
  header(one: Header): void;
}

/** RFC 9113 section 6.5.2. */
export const DEFAULT_TABLE_SIZE = 4096;
const EMPTY = Buffer.alloc(0);
const SCRATCH = Buffer.alloc(8192);
