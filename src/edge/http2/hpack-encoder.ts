import { header, KIND } from "./header.ts";
import { encodeHuffman, huffmanLength } from "./huffman.ts";
import { FIRST_DYNAMIC, STATIC_TABLE } from "./static-table.ts";

/**
 * Writes header blocks (RFC 7541), one after the other as they go on a connection. A value enters the table when it is
 * seen for the second time, so that what never repeats displaces nothing; what is secret never does (section 7.1.3).
 */
export class HpackEncoder {
  readonly #names = new Map<string, Name>();
  /** Sizes of the table's entries, the oldest first; each is known by how many were added before it. */
  readonly #sizes: number[] = [];
  #added = 0;
  #size = 0;
  #limit = MOST_TABLE_SIZE;
  /** The smallest limit since the last block; undefined when it did not change. */
  #lowest: number | undefined;
  #out: Buffer = EMPTY;
  #at = 0;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE, which the next block confirms. */
  limit(tableSize: number): void {
    const limit = Math.min(tableSize, MOST_TABLE_SIZE);
    if (limit === this.#limit && this.#lowest === undefined) return;
    this.#limit = limit;
    this.#lowest = Math.min(this.#lowest ?? limit, limit);
    this.#evict(0);
  }

  /** Begins a block in `out` at `at`, where there must be `blockBound` bytes. */
  begin(out: Buffer, at: number): void {
    this.#out = out;
    this.#at = at;
    if (this.#lowest === undefined) return;
    if (this.#lowest < this.#limit) this.#integer(0x20, 5, this.#lowest);
    this.#integer(0x20, 5, this.#limit);
    this.#lowest = undefined;
  }

  /** Writes a header; `name` is in lower case. What HTTP/2 has no place for is left out. */
  header(name: string, value: string): void {
    const known = this.#names.get(name) ?? this.#newName(name);
    if (known.homeless) return;
    if (known.secret) return this.#literal(0x10, 4, known.index, name, value);
    if (known.staticValue === value) return this.#integer(0x80, 7, known.index);
    let namedBy = known.index;
    for (let i = 0; i < known.values.length; i++) {
      const age = this.#added - (known.added[i] as number);
      if (age > this.#sizes.length) continue;
      if (known.values[i] === value) return this.#integer(0x80, 7, FIRST_DYNAMIC - 1 + age);
      if (namedBy === 0) namedBy = FIRST_DYNAMIC - 1 + age;
    }
    const repeats = known.last === value || (namedBy === 0 && known.last !== undefined);
    known.last = value;
    if (!repeats || name.length + value.length > MOST_INDEXED) return this.#literal(0, 4, namedBy, name, value);
    this.#literal(0x40, 6, namedBy, name, value);
    this.#add(known, value);
  }

  /** `:status`, which a header block of an answer begins with. */
  status(status: number): void {
    const index = STATUS_INDICES[status];
    if (index === undefined) this.header(":status", String(status));
    else this.#out[this.#at++] = 0x80 | index;
  }

  /** Ends the block; answers where it ends. */
  end(): number {
    this.#out = EMPTY;
    return this.#at;
  }

  #newName(name: string): Name {
    const index = STATIC_NAMES.get(name) ?? 0;
    const { nameKind } = header(name, "");
    const known: Name = {
      name,
      index,
      homeless: nameKind === KIND.connection || nameKind === KIND.invalid,
      staticValue: index === 0 ? undefined : STATIC_TABLE[index]?.field.value || undefined,
      secret: SECRET.has(name),
      values: [],
      added: [],
      last: undefined,
    };
    if (this.#names.size < MOST_NAMES) this.#names.set(name, known);
    return known;
  }

  #add(known: Name, value: string): void {
    const size = header(known.name, value).size;
    this.#evict(size);
    if (size > this.#limit) return;
    this.#sizes.push(size);
    this.#size += size;
    if (known.values.length === MOST_VALUES) {
      known.values.shift();
      known.added.shift();
    }
    known.values.push(value);
    known.added.push(this.#added++);
  }

  #evict(wanted: number): void {
    while (this.#sizes.length > 0 && this.#size + wanted > this.#limit) this.#size -= this.#sizes.shift() as number;
  }

  #literal(first: number, prefix: number, index: number, name: string, value: string): void {
    this.#integer(first, prefix, index);
    if (index === 0) this.#string(name);
    this.#string(value);
  }

  /** RFC 7541 section 5.1. */
  #integer(first: number, prefix: number, value: number): void {
    const mask = (1 << prefix) - 1;
    if (value < mask) {
      this.#out[this.#at++] = first | value;
      return;
    }
    this.#out[this.#at++] = first | mask;
    let rest = value - mask;
    for (; rest >= 128; rest >>= 7) this.#out[this.#at++] = (rest & 127) | 128;
    this.#out[this.#at++] = rest;
  }

  #string(text: string): void {
    const { length } = text;
    if (length <= MOST_HUFFMAN) {
      const coded = huffmanLength(text);
      if (coded < length) {
        this.#integer(0x80, 7, coded);
        this.#at = encodeHuffman(text, this.#out, this.#at);
        return;
      }
    }
    this.#integer(0, 7, length);
    this.#at += this.#out.write(text, this.#at, "latin1");
  }
}

/** No block of these headers is longer. */
export function blockBound(headers: Iterable<{ readonly key: string; readonly value: string }>): number {
  let bound = BLOCK_OVERHEAD;
  for (const { key, value } of headers) bound += key.length + value.length + HEADER_OVERHEAD;
  return bound;
}

/** What is known of a name: where the static table has it, and its values that were added to the table. */
interface Name {
  readonly name: string;
  readonly index: number;
  readonly staticValue: string | undefined;
  readonly secret: boolean;
  readonly homeless: boolean;
  /** The last few that were added, and how many entries were added before each. */
  readonly values: string[];
  readonly added: number[];
  last: string | undefined;
}

const MOST_TABLE_SIZE = 4096;
const MOST_NAMES = 256;
const MOST_VALUES = 8;
/** Longer headers would push out all others. */
const MOST_INDEXED = 512;
/** Longer strings, cookies above all, are not worth the time. */
const MOST_HUFFMAN = 128;
/** Two changes of the table's size and a status. */
const BLOCK_OVERHEAD = 24;
/** An index and two lengths. */
const HEADER_OVERHEAD = 12;
const EMPTY = Buffer.alloc(0);

/** Says who somebody is: an attacker who shares the connection could guess it by the table (RFC 7541 section 7.1). */
const SECRET: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-amzn-oidc-accesstoken",
  "x-amzn-oidc-data",
  "x-amzn-oidc-identity",
]);

/** The first index of each name. */
const STATIC_NAMES: ReadonlyMap<string, number> = new Map(
  STATIC_TABLE.map((one, index) => [one?.field.name ?? "", index] as const).reverse(),
);

const STATUS_INDICES: Readonly<Record<number, number>> = Object.fromEntries(
  STATIC_TABLE.flatMap((one, index) => (one?.field.name === ":status" ? [[Number(one.field.value), index]] : [])),
);
