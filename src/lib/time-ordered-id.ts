import type { Ids } from "./ids.ts";

/**
 * A UUID that begins with the time (version 7, RFC 9562 section 5.7): rows that are made one after the other stand
 * beside each other in an index, so that writing them costs the same however many there are. 74 bits are random.
 */
export function timeOrderedId(now: Date, ids: Pick<Ids, "hex">): string {
  const time = now.getTime().toString(16).padStart(12, "0");
  const random = ids.hex(10);
  const variant = ((Number.parseInt(random.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${random.slice(0, 3)}`,
    `${variant}${random.slice(4, 7)}`,
    random.slice(7, 19),
  ].join("-");
}
