/**
 * DER (X.690) written back to front, so that every length is known when its header is written. Code reads forward:
 * `encode(sequence(integer(serial), name, …))`. A part is bytes that are DER already, or the way to write them.
 */
export type Der = Uint8Array | ((writer: DerWriter) => void);

/** The bytes of `part`. */
export function encode(part: Der): Buffer {
  const writer = spare ?? new DerWriter();
  spare = undefined; // a part may encode others while it is written
  writer.put(part);
  if (writer.mark > MOST_COPIED) return writer.bytes();
  const bytes = Buffer.from(writer.bytes());
  writer.clear();
  spare = writer;
  return bytes;
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
  return (writer) => writer.ascii(0x80 | number, text);
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
  return (writer) => writer.utf8(0x0c, text);
}

/** `text` holds letters, digits and the few signs of a PrintableString. */
export function printableString(text: string): Der {
  return (writer) => writer.ascii(0x13, text);
}

/** `text` is ASCII. */
export function ia5String(text: string): Der {
  return (writer) => writer.ascii(0x16, text);
}

/** A Time as RFC 5280 section 4.1.2.5 wants it: UTCTime through 2049, then GeneralizedTime; fractions are cut off. */
export function time(date: Date): Der {
  return (writer) => writer.validityTime(date);
}

export function generalizedTime(date: Date): Der {
  return (writer) => writer.time(GENERALIZED_TIME, date);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encode(primitive(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128))));
}

export const NULL: Buffer = Buffer.from([0x05, 0x00]);
export const TRUE: Buffer = Buffer.from([0x01, 0x01, 0xff]);

/** One growing buffer, filled from its end. A mark is the number of bytes written so far. */
export class DerWriter {
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_SIZE);
  #start: number = FIRST_SIZE;
  #today: Calendar = { days: Number.NaN, year: 0, month: 0, day: 0 };

  get mark(): number {
    return this.#buffer.length - this.#start;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(this.#start);
  }

  clear(): void {
    this.#start = this.#buffer.length;
  }

  put(part: Der): void {
    if (typeof part === "function") part(this);
    else {
      this.#reserve(part.length);
      // For a few bytes a loop is faster than the call of set.
      if (part.length > 32) this.#buffer.set(part, this.#start);
      else for (let i = 0; i < part.length; i++) this.#buffer[this.#start + i] = part[i] ?? 0;
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
    this.put(skip === 0 ? value : value.subarray(skip));
    if (value.length === 0 || (value[skip] ?? 0) >= 0x80) this.#byte(0);
    this.header(tag, mark);
  }

  ascii(tag: number, text: string): void {
    const { mark } = this;
    for (let i = text.length - 1; i >= 0; i--) this.#byte(text.charCodeAt(i));
    this.header(tag, mark);
  }

  utf8(tag: number, text: string): void {
    const { mark } = this;
    this.#reserve(Buffer.byteLength(text, "utf8"));
    this.#buffer.write(text, this.#start, "utf8");
    this.header(tag, mark);
  }

  /** `261122060000Z`, with the century where the tag wants it. */
  time(tag: typeof UTC_TIME | typeof GENERALIZED_TIME, date: Date): void {
    const { mark } = this;
    const days = Math.floor(date.getTime() / MS_PER_DAY);
    const seconds = Math.floor(date.getTime() / 1000) - days * 86_400;
    this.#byte(0x5a);
    this.#twoDigits(seconds % 60);
    this.#twoDigits(Math.floor(seconds / 60) % 60);
    this.#twoDigits(Math.floor(seconds / 3600));
    const { year, month, day } = this.#calendar(days, date);
    this.#twoDigits(day);
    this.#twoDigits(month);
    this.#twoDigits(year % 100);
    if (tag === GENERALIZED_TIME) this.#twoDigits(Math.floor(year / 100));
    this.header(tag, mark);
  }

  /** See `time`. */
  validityTime(date: Date): void {
    this.time(date.getTime() < YEAR_2050 ? UTC_TIME : GENERALIZED_TIME, date);
  }

  /** Most times that are written together are of one day. */
  #calendar(days: number, date: Date): Calendar {
    if (this.#today.days !== days) {
      this.#today = { days, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    }
    return this.#today;
  }

  #twoDigits(value: number): void {
    const tens = (value / 10) | 0;
    this.#byte(0x30 + value - tens * 10);
    this.#byte(0x30 + tens);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#start] = value;
  }

  #reserve(count: number): void {
    if (this.#start < count) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.mark + count + FIRST_SIZE));
      const start = larger.length - this.mark;
      this.#buffer.copy(larger, start, this.#start);
      this.#buffer = larger;
      this.#start = start;
    }
    this.#start -= count;
  }
}

interface Calendar {
  readonly days: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
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

function magnitude(value: number): Uint8Array {
  if (value < 256) return Uint8Array.of(value);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/** A writer that nobody uses: a new one for every encoding keeps the garbage collector busy. */
let spare: DerWriter | undefined;
const NO_UNUSED_BITS = Uint8Array.of(0);
const FIRST_SIZE = 2048;
/** What is larger keeps the memory in which it was written. */
const MOST_COPIED = 65_536;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const MS_PER_DAY = 86_400_000;
const YEAR_2050 = Date.UTC(2050, 0, 1);
