/**
 * The dotted form of an OBJECT IDENTIFIER's content; undefined when it is malformed, or has an arc that no whole number
 * of JavaScript can hold.
 */
export function readOid(content: Uint8Array): string | undefined {
  const arcs: number[] = [];
  let value = 0;
  let inside = false;
  for (const byte of content) {
    if (!inside && byte === 0x80) return undefined; // not in the shortest form (X.690 section 8.19.2)
    value = value * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(value)) return undefined;
    inside = byte >= 0x80;
    if (inside) continue;
    arcs.push(value);
    value = 0;
  }
  const [first, ...rest] = arcs;
  if (inside || first === undefined) return undefined;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join(".");
}

/** Whether a dotted text is an object identifier that can be written: its first two arcs in their ranges, none too large. */
export function isOid(dotted: string): boolean {
  const arcs = dotted.split(".").map((arc) => (/^(0|[1-9]\d{0,15})$/.test(arc) ? Number(arc) : Number.NaN));
  const [first = Number.NaN, second = Number.NaN] = arcs;
  return arcs.every(Number.isSafeInteger) && first <= 2 && (first === 2 || second <= 39);
}
