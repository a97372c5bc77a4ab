import { evenHash } from "#lib/even-hash.ts";
import type { Station } from "./station.ts";

/**
 * Answers the same target for the same key, on every edge, in one look-up; when a target comes or goes, few keys move
 * besides its own. Maglev's table (Eisenbud et al., NSDI 2016, section 3.4): each target has its own order of all
 * places and takes, in turn, the first that is free.
 */
export function flowTable(stations: readonly Station[]): (key: string) => Station | undefined {
  if (stations.length < 2) return () => stations[0];
  const size = SIZES.find((prime) => prime >= stations.length * PLACES_EACH) ?? LARGEST;
  const table = new Uint16Array(size).fill(FREE);
  const orders = stations.map(({ badge }) => ({
    at: Math.floor(evenHash(`at ${badge}`) * size),
    step: 1 + Math.floor(evenHash(`step ${badge}`) * (size - 1)),
  }));
  for (let taken = 0, turn = 0; taken < size; turn = turn + 1 < orders.length ? turn + 1 : 0) {
    const order = orders[turn];
    if (!order) break;
    while (table[order.at] !== FREE) order.at = (order.at + order.step) % size;
    table[order.at] = turn;
    taken += 1;
  }
  return (key) => stations[table[Math.floor(evenHash(key) * size)] ?? 0];
}

const SIZES = [1021, 4093, 16_381, 65_521, 262_139];
const LARGEST = 1_048_573;
const PLACES_EACH = 100;
const FREE = 0xffff;
