/**
 * DER (X.690) written back to front, so that every length is known when its header is written. Code reads forward:
 * `encode(sequence(integer(serial), name, …))`. A part is bytes that are DER already, or the way to write them.
 */
export type Der = Uint8Array | ((writer: DerWriter) => void);

/** The bytes of `part`. */
export function encode(part: Der): Buffer {
  const writer = new DerWriter();
  writer.put(part);
  return writer.bytes();
}

export function sequence(...parts: readonly Der[]): Der {
  return constructed(0x30, parts);
}

/** SET OF with at most one element; more would have to be sorted. */
export function setOf(part: Der): Der {
  return constructed(0x31, [part]);
}

/** `[number] EXPLICIT`, and `[number] IMPLICIT` of constructed types. */
export function tagged(number: number, ...parts: readonly Der[]): Der {
  return constructed(0xa0 | number, parts);
}

/** `[number] IMPLICIT` of primitive types. */
export function taggedBytes(number: number, bytes: Uint8Array): Der {
  return primitive(0x80 | number, bytes);
}

/** `[number] IMPLICIT IA5String`, as in GeneralName. `text` is ASCII. */
export function taggedAscii(number: number, text: string): Der {
  return (writer) => writer.text(0x80 | number, text, "latin1");
}

/** An INTEGER that is not negative: a small number, or its magnitude with the highest byte first. */
export function integer(value: number | Uint8Array): Der {
  return (writer) => writer.integer(0x02, typeof value === "number" ? magnitude(value) : value);
}

export function enumerated(value: number): Der {
  return (writer) => writer.integer(0x0a, magnitude(value));
}

export function octetString(part: Der): Der {
  return constructed(0x04, [part]);
}

/** A BIT STRING of whole bytes. */
export function bitString(bytes: Der): Der {
  return constructed(0x03, [NO_UNUSED_BITS, bytes]);
}

/** A BIT STRING whose bits have names, trailing zeros removed (X.690 section 11.2.2): bit 0 is the highest. */
export function namedBits(bits: readonly number[]): Der {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(1 + (last >> 3) + 1);
  bytes[0] = 7 - (last & 7);
  for (const bit of bits) bytes[1 + (bit >> 3)] = (bytes[1 + (bit >> 3)] ?? 0) | (0x80 >> (bit & 7));
  return primitive(0x03, bytes);
}

export function utf8String(text: string): Der {
  return (writer) => writer.text(0x0c, text, "utf8");
}

/** `text` holds letters, digits and the few signs of a PrintableString. */
export function printableString(text: string): Der {
  return (writer) => writer.text(0x13, text, "latin1");
}

/** A Time as RFC 5280 section 4.1.2.5 wants it: UTCTime through 2049, then GeneralizedTime; fractions are cut off. */
export function time(date: Date): Der {
  return date.getTime() < YEAR_2050
    ? (writer) => writer.text(0x17, stamp(date).slice(2), "latin1")
    : generalizedTime(date);
}

export function generalizedTime(date: Date): Der {
  return (writer) => writer.text(0x18, stamp(date), "latin1");
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const body = [first * 40 + second, ...rest].flatMap(base128);
  return Buffer.from([0x06, body.length, ...body]);
}

export const NULL: Buffer = Buffer.from([0x05, 0x00]);
export const TRUE: Buffer = Buffer.from([0x01, 0x01, 0xff]);

/** One growing buffer, filled from its end. A mark is the number of bytes written so far. */
class DerWriter {
  #buffer = Buffer.allocUnsafe(FIRST_SIZE);
  #start: number = FIRST_SIZE;

  get mark(): number {
    return this.#buffer.length - this.#start;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(this.#start);
  }

  put(part: Der): void {
    if (typeof part === "function") part(this);
    else {
      this.#reserve(part.length);
      this.#buffer.set(part, this.#start);
    }
  }

  /** Tag and length in front of all that was written since `mark`. */
  header(tag: number, mark: number): void {
    const length = this.mark - mark;
    if (length < 0x80) this.#byte(length);
    else {
      let count = 0;
      for (let rest = length; rest > 0; rest >>>= 8, count++) this.#byte(rest & 0xff);
      this.#byte(0x80 | count);
    }
    this.#byte(tag);
  }

  integer(tag: number, value: Uint8Array): void {
    const { mark } = this;
    let skip = 0;
    while (skip < value.length - 1 && value[skip] === 0) skip++;
    this.put(value.subarray(skip));
    if (value.length === 0 || (value[skip] ?? 0) >= 0x80) this.#byte(0);
    this.header(tag, mark);
  }

  text(tag: number, text: string, encoding: "latin1" | "utf8"): void {
    const { mark } = this;
    this.#reserve(Buffer.byteLength(text, encoding));
    this.#buffer.write(text, this.#start, encoding);
    this.header(tag, mark);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#start] = value;
  }

  #reserve(count: number): void {
    if (this.#start < count) {
      const larger = Buffer.allocUnsafe(2 * (this.#buffer.length + count));
      const start = larger.length - this.mark;
      this.#buffer.copy(larger, start, this.#start);
      this.#buffer = larger;
      this.#start = start;
    }
    this.#start -= count;
  }
}

function constructed(tag: number, parts: readonly Der[]): Der {
  return (writer) => {
    const { mark } = writer;
    for (let i = parts.length - 1; i >= 0; i--) {
      const part = parts[i];
      if (part) writer.put(part);
    }
    writer.header(tag, mark);
  };
}

function primitive(tag: number, bytes: Uint8Array): Der {
  return (writer) => {
    const { mark } = writer;
    writer.put(bytes);
    writer.header(tag, mark);
  };
}

/** `20261122060000Z` */
function stamp(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

function magnitude(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes.length === 0 ? [0] : bytes);
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

const NO_UNUSED_BITS = Uint8Array.of(0);
const FIRST_SIZE = 1024;
const YEAR_2050 = Date.UTC(2050, 0, 1);
