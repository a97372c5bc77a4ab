/** One element of DER: `bytes[start…content)` is its header, `bytes[content…end)` what it holds. */
export interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** Bytes that are not DER, or more than we read. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** The element that starts at `start` and ends by `limit`. Definite, minimal lengths and low tag numbers only; throws DerError. */
export function readElement(bytes: Uint8Array, start = 0, limit: number = bytes.length): Element {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || start + 2 > limit) throw new DerError(`it ends at byte ${start}`);
  if ((tag & 0x1f) === 0x1f) throw new DerError(`a tag number above 30 at byte ${start}`);
  let content = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError(`an indefinite or oversized length at byte ${start}`);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[content + i] ?? 0);
    content += count;
    if (length < 0x80 || length < 256 ** (count - 1))
      throw new DerError(`a length not in its shortest form at byte ${start}`);
  }
  const end = content + length;
  if (end > limit) throw new DerError(`the element at byte ${start} runs past the end`);
  return { tag, start, content, end };
}

/** The elements inside a constructed element. */
export function children(bytes: Uint8Array, { content, end }: Element): Element[] {
  const found: Element[] = [];
  for (let at = content; at < end; ) {
    const element = readElement(bytes, at, end);
    found.push(element);
    at = element.end;
  }
  return found;
}

/** The whole of an element, header included: a view, not a copy. */
export function slice(bytes: Uint8Array, { start, end }: Element): Buffer {
  return view(bytes, start, end);
}

/** What an element holds, without its header: a view, not a copy. */
export function contents(bytes: Uint8Array, { content, end }: Element): Buffer {
  return view(bytes, content, end);
}

/** Whether an element, header included, is exactly these bytes. */
export function isExactly(bytes: Uint8Array, { start, end }: Element, expected: Uint8Array): boolean {
  return end - start === expected.length && sameBytes(bytes, start, expected, 0, expected.length);
}

/** Whether `length` bytes are the same in both. For so few a loop is faster than a call into Node. */
export function sameBytes(one: Uint8Array, at: number, other: Uint8Array, from: number, length: number): boolean {
  // From the end: URLs and names of one CA begin alike.
  for (let i = length - 1; i >= 0; i--) if (one[at + i] !== other[from + i]) return false;
  return true;
}

/**
 * The dotted form of an OBJECT IDENTIFIER, from what the element holds. Throws DerError for one that is cut off, not in
 * its shortest form (X.690 section 8.19.2), or has an arc that no whole number of JavaScript can hold.
 */
export function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    if (arc === 0 && byte === 0x80) throw new DerError("an OBJECT IDENTIFIER that is not in its shortest form");
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new DerError("an OBJECT IDENTIFIER with an arc that is too large");
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head, ...rest] = arcs;
  if (head === undefined || ((content.at(-1) ?? 0) & 0x80) !== 0) throw new DerError("no OBJECT IDENTIFIER");
  const first = Math.min(Math.floor(head / 40), 2);
  return [first, head - 40 * first, ...rest].join(".");
}

/**
 * Throws DerError unless `bytes` are exactly one element, strictly nested, of bounded depth and number of elements, and
 * no string or other simple type is written in pieces (X.690 section 10.2): programs differ in how they read those.
 */
export function checkDer(bytes: Uint8Array): void {
  let elements = 0;
  const enter = (start: number, limit: number, depth: number): number => {
    const { tag, content, end } = readElement(bytes, start, limit);
    if (++elements > MOST_ELEMENTS) throw new DerError("it has too many elements");
    if ((tag & CONSTRUCTED) === 0) return end;
    if ((tag & CLASS) === 0 && !CONSTRUCTED_TYPES.has(tag)) throw new DerError(`a value in pieces at byte ${start}`);
    if (depth === MOST_DEPTH) throw new DerError("it is nested too deeply");
    for (let at = content; at < end; ) at = enter(at, end, depth + 1);
    return end;
  };
  if (enter(0, bytes.length, 1) !== bytes.length) throw new DerError("there are bytes behind the end");
}

function view(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
}

const CONSTRUCTED = 0x20;
const CLASS = 0xc0;
/** EXTERNAL, EMBEDDED PDV, SEQUENCE, SET and CHARACTER STRING: all that X.690 writes of other elements. */
const CONSTRUCTED_TYPES: ReadonlySet<number> = new Set([0x28, 0x2b, 0x30, 0x31, 0x3d]);
const MOST_DEPTH = 32;
const MOST_ELEMENTS = 20_000;
