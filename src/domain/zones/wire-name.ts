import { labelsOf, nameOf, octetsOf, type RecordName } from "./record-name.ts";

/** The name as it stands in a DNS message, uncompressed (RFC 1035 §3.1). */
export function wireName(name: RecordName): Buffer {
  const labels = labelsOf(name).map((label) => Buffer.from(octetsOf(label), "latin1"));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), ROOT]);
}

/** Reads an uncompressed name at `start`, and where it ends; undefined when it is malformed, compressed or too long. */
export function readWireName(
  message: Buffer,
  start: number,
): { readonly name: RecordName; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = start;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > MOST_LABEL || at + length - start >= MOST_OCTETS) return undefined;
    at += 1;
    if (length === 0) return { name: labels.length === 0 ? ("." as RecordName) : nameOf(labels), end: at };
    if (at + length > message.length) return undefined;
    labels.push(message.toString("latin1", at, at + length));
    at += length;
  }
}

const ROOT = Buffer.of(0);
const MOST_LABEL = 63;
const MOST_OCTETS = 255;
