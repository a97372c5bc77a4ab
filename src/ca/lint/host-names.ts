import { children, type Element, sameBytes } from "#lib/der-reader.ts";
import { isALabel } from "./rules-names.ts";

/** Host names of letters, digits and hyphens, where they stand in the DER. */
export type AsciiNames = readonly Element[];

/**
 * The names of a subjectAltName, when it holds nothing but host names that keep every rule for names (rules-names.ts);
 * undefined otherwise. Byte by byte, as this is done for every certificate.
 */
export function readHostNames(
  bytes: Buffer,
  list: Element,
  { mayBeLocal }: { readonly mayBeLocal: boolean },
): AsciiNames | undefined {
  const names = children(bytes, list);
  if (names.length === 0 || names.length > MOST_NAMES) return undefined;
  for (const name of names) if (name.tag !== DNS_NAME || !isHostName(bytes, name, mayBeLocal)) return undefined;
  return areDifferent(bytes, names) ? names : undefined;
}

function areDifferent(bytes: Buffer, names: AsciiNames): boolean {
  if (names.length > FEW) {
    return new Set(names.map(({ content, end }) => bytes.toString("latin1", content, end))).size === names.length;
  }
  return names.every((one, index) => {
    for (let i = 0; i < index; i++) if (isSame(bytes, one, names[i])) return false;
    return true;
  });
}

function isSame(bytes: Buffer, one: Element, other: Element | undefined): boolean {
  if (!other || one.end - one.content !== other.end - other.content) return false;
  return sameBytes(bytes, one.content, bytes, other.content, one.end - one.content);
}

/** Labels of 1 to 63 lower-case letters, digits and inner hyphens, of which the last is no number; the first may be `*`. */
function isHostName(bytes: Buffer, { content, end }: Element, mayBeLocal: boolean): boolean {
  if (end - content > LONGEST_NAME) return false;
  const isWildcard = bytes[content] === ASTERISK && bytes[content + 1] === DOT;
  const begin = isWildcard ? content + 2 : content;
  let labels = 0;
  let hasLetter = false;
  for (let start = begin; ; ) {
    const stop = labelEnd(bytes, start, end);
    if (!isLabel(bytes, start, stop)) return false;
    labels++;
    hasLetter = !isNumber(bytes, start, stop);
    if (stop === end) break;
    start = stop + 1;
  }
  return mayBeLocal || (labels >= 2 && hasLetter);
}

function labelEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== DOT) at++;
  return at;
}

/** Hyphens in the third and fourth place belong to A-labels. */
function isLabel(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length < 1 || length > 63 || bytes[start] === HYPHEN || bytes[end - 1] === HYPHEN) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const allowed = (byte >= 0x61 && byte <= 0x7a) || isDigit(byte) || byte === HYPHEN;
    if (!allowed) return false;
  }
  const isReserved = length >= 4 && bytes[start + 2] === HYPHEN && bytes[start + 3] === HYPHEN;
  return !isReserved || isALabel(bytes.toString("latin1", start, end));
}

function isNumber(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at] ?? 0)) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** ACM allows so many. */
const MOST_NAMES = 100;
/** So many are compared with one another; of more, strings are made. */
const FEW = 12;
const LONGEST_NAME = 253;
const DNS_NAME = 0x82;
const HYPHEN = 0x2d;
const DOT = 0x2e;
const ASTERISK = 0x2a;
