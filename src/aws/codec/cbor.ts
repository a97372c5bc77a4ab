import { AwsError } from "#aws/service.ts";
import { Tagged } from "./cbor-format.ts";

/**
 * Reads one CBOR item (RFC 8949) that fills `bytes`: integers, floats, byte and text strings, arrays, maps with text
 * keys, tags, true, false and null. Nothing is allocated on the word of a length. Throws SerializationException.
 */
export function parseCbor(bytes: Buffer): unknown {
  const reader = new CborReader(bytes);
  const value = reader.item(0);
  if (!reader.ended) throw malformed();
  return value;
}

class CborReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  item(depth: number): unknown {
    if (depth > MOST_DEPTH) throw malformed();
    const head = this.#take(1)[0] ?? 0;
    const major = head >> 5;
    const minor = head & 0x1f;
    switch (major) {
      case MAJOR.unsigned:
        return this.#count(minor);
      case MAJOR.negative:
        return -1 - this.#count(minor);
      case MAJOR.bytes:
        return Buffer.concat(this.#chunks(major, minor));
      case MAJOR.text:
        return Buffer.concat(this.#chunks(major, minor)).toString();
      case MAJOR.array:
        return this.#array(minor, depth);
      case MAJOR.map:
        return this.#map(minor, depth);
      case MAJOR.tag:
        return new Tagged(this.#count(minor), this.item(depth + 1));
      default:
        return this.#simple(minor);
    }
  }

  /** A string's one piece, or the pieces of a string whose length was not known when it was begun. */
  #chunks(major: number, minor: number): readonly Buffer[] {
    if (minor !== INDEFINITE) return [this.#take(this.#count(minor))];
    const chunks: Buffer[] = [];
    while (!this.#broke()) {
      const head = this.#take(1)[0] ?? 0;
      if (head >> 5 !== major || (head & 0x1f) === INDEFINITE) throw malformed();
      chunks.push(this.#take(this.#count(head & 0x1f)));
    }
    return chunks;
  }

  #array(minor: number, depth: number): readonly unknown[] {
    const list: unknown[] = [];
    const count = minor === INDEFINITE ? Number.POSITIVE_INFINITY : this.#count(minor);
    while (list.length < count) {
      if (count === Number.POSITIVE_INFINITY && this.#broke()) break;
      list.push(this.item(depth + 1));
    }
    return list;
  }

  #map(minor: number, depth: number): Readonly<Record<string, unknown>> {
    const entries: [string, unknown][] = [];
    const count = minor === INDEFINITE ? Number.POSITIVE_INFINITY : this.#count(minor);
    while (entries.length < count) {
      if (count === Number.POSITIVE_INFINITY && this.#broke()) break;
      const key = this.item(depth + 1);
      if (typeof key !== "string") throw malformed();
      entries.push([key, this.item(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #simple(minor: number): unknown {
    switch (minor) {
      case SIMPLE.false:
        return false;
      case SIMPLE.true:
        return true;
      case SIMPLE.null:
      case SIMPLE.undefined:
        return null;
      case SIMPLE.half:
        return half(this.#take(2).readUInt16BE());
      case SIMPLE.single:
        return this.#take(4).readFloatBE();
      case SIMPLE.double:
        return this.#take(8).readDoubleBE();
      default:
        throw malformed();
    }
  }

  /** The argument of a head: a value or a length. Beyond 2^53 JavaScript cannot count. */
  #count(minor: number): number {
    if (minor < 24) return minor;
    if (minor > 27) throw malformed();
    const size = 2 ** (minor - 24);
    const bytes = this.#take(size);
    const value = size === 8 ? Number(bytes.readBigUInt64BE()) : bytes.readUIntBE(0, size);
    if (!Number.isSafeInteger(value)) throw malformed();
    return value;
  }

  /** Whether the "break" that ends an item of indefinite length stands here; it is taken. */
  #broke(): boolean {
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw malformed();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const malformed = (): AwsError => new AwsError("SerializationException", "The request body is not well-formed CBOR.");

const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const;
const SIMPLE = { false: 20, true: 21, null: 22, undefined: 23, half: 25, single: 26, double: 27 } as const;
const INDEFINITE = 31;
const BREAK = 0xff;
const MOST_DEPTH = 100;
