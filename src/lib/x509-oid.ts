/** Whether a dotted text is an object identifier that can be written: its first two arcs in their ranges, none too large. */
export function isOid(dotted: string): boolean {
  const arcs = dotted.split(".").map((arc) => (/^(0|[1-9]\d{0,15})$/.test(arc) ? Number(arc) : Number.NaN));
  const [first = Number.NaN, second = Number.NaN] = arcs;
  return arcs.every(Number.isSafeInteger) && first <= 2 && (first === 2 || second <= 39);
}
