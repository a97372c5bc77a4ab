import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import type { Station } from "./station.ts";

/** The way in which a target group's candidates are chosen; made anew whenever they change. None of them allocates. */
export interface Algorithm {
  /** The next one; there is at least one candidate. */
  pick(): Station | undefined;
  /** The `outstanding` of a candidate has changed by one. */
  moved(station: Station): void;
}

/**
 * One after the other. One that is warming is passed over as often as its share says, which grows evenly from nothing to
 * full during the slow start; when all are warming, all have their turn.
 */
export function roundRobin(
  stations: readonly Station[],
  { start, slowStart, clock }: { readonly start: number; readonly slowStart: Millis; readonly clock: Clock },
): Algorithm {
  let at = Math.floor(start * stations.length) % Math.max(1, stations.length);
  let warming = stations.some(({ warmingSince }) => warmingSince !== undefined);
  const takesPart = (station: Station, now: number): boolean => {
    if (station.warmingSince === undefined) return true;
    const share = (now - station.warmingSince) / slowStart;
    if (!(share < 1)) {
      station.warmingSince = undefined;
      warming = stations.some(({ warmingSince }) => warmingSince !== undefined);
      return true;
    }
    station.credit += Math.max(0, share);
    if (station.credit < 1) return false;
    station.credit -= 1;
    return true;
  };
  return {
    pick() {
      const first = stations[at];
      at = at + 1 < stations.length ? at + 1 : 0;
      if (!warming || !first) return first;
      const now = clock.now().getTime();
      if (takesPart(first, now)) return first;
      for (let passed = 1; passed < stations.length; passed += 1) {
        const next = stations[at];
        at = at + 1 < stations.length ? at + 1 : 0;
        if (next && takesPart(next, now)) return next;
      }
      return first;
    },
    moved() {},
  };
}

/**
 * The one with the fewest outstanding requests; among equals the one that has been so for the longest time. Stations
 * queue up in levels, one for each number of outstanding requests, so that nothing is searched or sorted.
 */
export function leastOutstanding(stations: readonly Station[]): Algorithm {
  const levels: Seat[] = [];
  const seats = new Map<Station, Seat>();
  let least = 0;
  const levelOf = (count: number): Seat => {
    while (levels.length <= count) levels.push(new Seat(undefined));
    return levels[count] ?? new Seat(undefined);
  };
  const sit = (seat: Seat, count: number): void => {
    seat.queueUp(levelOf(count));
    if (count < least) least = count;
  };
  for (const station of stations) {
    const seat = new Seat(station);
    seats.set(station, seat);
    sit(seat, station.outstanding);
  }
  return {
    pick() {
      for (; least < levels.length; least += 1) {
        const first = levels[least]?.next.station;
        if (first) return first;
      }
      least = 0;
      return undefined;
    },
    moved(station) {
      const seat = seats.get(station);
      if (!seat) return;
      seat.leave();
      sit(seat, station.outstanding);
    },
  };
}

/** By lot. One whose share was lowered is drawn again as often as that says. */
export function weightedRandom(stations: readonly Station[], random: () => number): Algorithm {
  return {
    pick() {
      let drawn: Station | undefined;
      for (let lot = 0; lot < MOST_LOTS; lot += 1) {
        drawn = stations[Math.floor(random() * stations.length)];
        if (!drawn || drawn.share >= 1 || random() < drawn.share) return drawn;
      }
      return drawn;
    },
    moved() {},
  };
}

/** A place in a ring; the one without a station is where a level's queue begins and ends. */
class Seat {
  readonly station: Station | undefined;
  next: Seat = this;
  #before: Seat = this;

  constructor(station: Station | undefined) {
    this.station = station;
  }

  /** Takes the last place of the queue that begins at `head`. */
  queueUp(head: Seat): void {
    this.#before = head.#before;
    this.next = head;
    head.#before.next = this;
    head.#before = this;
  }

  leave(): void {
    this.#before.next = this.next;
    this.next.#before = this.#before;
  }
}

/** Less than half of the targets can be anomalous, so that even four lots find another one 15 times of 16. */
const MOST_LOTS = 16;
