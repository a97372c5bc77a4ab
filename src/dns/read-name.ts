import { nameOf, type RecordName } from "#domain/zones/record-name.ts";

/**
 * Reads a name at `start` of a message, its pointers followed (RFC 1035 §4.1.4), and where it ends; undefined when it is
 * malformed or too long. Each pointer must lead further back than the one before, so reading comes to an end.
 */
export function readName(
  message: Buffer,
  start: number,
): { readonly name: RecordName; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = start;
  let octets = 1;
  let behind: number | undefined;
  let segment = start;
  for (;;) {
    const length = message[at];
    if (length === undefined) return undefined;
    if (length >= POINTER) {
      const low = message[at + 1];
      if (low === undefined) return undefined;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= segment) return undefined;
      behind ??= at + 2;
      segment = target;
      at = target;
      continue;
    }
    if (length > MOST_LABEL) return undefined;
    at += 1;
    if (length === 0) return { name: labels.length === 0 ? ("." as RecordName) : nameOf(labels), end: behind ?? at };
    octets += 1 + length;
    if (octets > MOST_OCTETS || at + length > message.length) return undefined;
    labels.push(message.toString("latin1", at, at + length));
    at += length;
  }
}

const POINTER = 0xc0;
const MOST_LABEL = 63;
const MOST_OCTETS = 255;
