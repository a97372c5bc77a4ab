import type { Random } from "./fuzzer.ts";

/** One of these, each as likely as the others. */
export function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error("there is nothing to pick from");
  return one;
}

/** True so often. */
export function chance(random: Random, of: number): boolean {
  return random() < of;
}

/** A whole number from one up to another, both included. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** So many of what `make` makes. */
export function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** A text that was good, with a few bytes changed, lost, doubled, moved or put in. */
export function mutated(random: Random, text: string): string {
  let out = text;
  for (let left = between(random, 1, 3); left > 0; left--) {
    const at = between(random, 0, out.length);
    const to = Math.min(out.length, at + between(random, 1, 4));
    switch (between(random, 0, 6)) {
      case 0:
        out = out.slice(0, at) + pick(random, NASTY) + out.slice(at);
        break;
      case 1:
        out = out.slice(0, at) + out.slice(to);
        break;
      case 2:
        out = out.slice(0, to) + out.slice(at);
        break;
      case 3:
        out = out.slice(0, at) + pick(random, NASTY) + out.slice(at + 1);
        break;
      case 4:
        out = out.slice(0, at) + String.fromCharCode(between(random, 0, 255)) + out.slice(at + 1);
        break;
      case 5: {
        const end = out.indexOf("\r\n", at);
        if (end >= 0) out = out.slice(0, end) + pick(random, LINE_ENDS) + out.slice(end + 2);
        break;
      }
      default: {
        const line = out.indexOf("\r\n", at);
        const next = line < 0 ? -1 : out.indexOf("\r\n", line + 2);
        if (next >= 0) out = out.slice(0, next + 2) + out.slice(line + 2, next + 2) + out.slice(next + 2);
      }
    }
  }
  return out;
}

/** Bytes in pieces, as a network may bring them. */
export function pieces(random: Random, bytes: Buffer): Buffer[] {
  if (chance(random, 0.4)) return [bytes];
  if (bytes.length < 300 && chance(random, 0.1)) return Array.from(bytes, (byte) => Buffer.from([byte]));
  const cuts = times(between(random, 1, 5), () => between(random, 0, bytes.length)).toSorted((a, b) => a - b);
  return [...cuts, bytes.length].map((cut, i) => bytes.subarray(i === 0 ? 0 : cuts[i - 1], cut));
}

/** Whether a text has control characters other than tab, CR and LF. */
export function hasControls(text: string): boolean {
  return Array.from(text, (one) => one.charCodeAt(0)).some(
    (code) => code === 127 || (code < 32 && code !== 9 && code !== 10 && code !== 13),
  );
}

const NASTY: readonly string[] = [
  "\r",
  "\n",
  "\r\n",
  "\0",
  " ",
  "\t",
  "\v",
  "\f",
  ":",
  ",",
  ";",
  "=",
  '"',
  "0",
  "1",
  "a",
  "-",
  "+",
  "_",
  "x",
  "0x",
  "#",
  "\x7f",
  "\x80",
  "\xa0",
  "\xff",
  "\r\n ",
  "\r\n\t",
  "\r\n\r\n",
  "/",
  "?",
  "%",
  "chunked",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  " HTTP/1.1",
  "\r\nHost: x",
];
const LINE_ENDS: readonly string[] = ["\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", " \r\n", "\r\n ", "\0\r\n", ""];
