/**
 * What is due when. A subject, a number below the agenda's size, has at most one time, and giving it another moves it:
 * as with the product's jobs. Those of one moment come in the order of their numbers.
 */
export interface Agenda {
  set(subject: number, time: number): void;
  remove(subject: number): void;
  /** The subject that is due first; -1 when nothing is. It stays until it is moved or removed. */
  first(): number;
  /** When a subject is due; Infinity when it is not. */
  timeOf(subject: number): number;
}

/** An empty agenda for the subjects 0 to `size` - 1: a binary heap that knows where in it everybody stands. */
export function newAgenda(size: number): Agenda {
  const times = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const heap = new Uint32Array(size);
  const places = new Int32Array(size).fill(NOWHERE);
  let count = 0;

  const timeOf = (subject: number): number => times[subject] ?? Number.POSITIVE_INFINITY;
  const at = (place: number): number => heap[place] ?? 0;
  const isBefore = (one: number, other: number): boolean => {
    const a = timeOf(one);
    const b = timeOf(other);
    return a < b || (a === b && one < other);
  };
  const put = (subject: number, place: number): void => {
    heap[place] = subject;
    places[subject] = place;
  };
  const rise = (subject: number, from: number): number => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(subject, at(parent))) break;
      put(at(parent), place);
      place = parent;
    }
    return place;
  };
  const sink = (subject: number, from: number): number => {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) return place;
      if (child + 1 < count && isBefore(at(child + 1), at(child))) child += 1;
      if (!isBefore(at(child), subject)) return place;
      put(at(child), place);
      place = child;
    }
  };
  const settle = (subject: number, place: number): void => put(subject, sink(subject, rise(subject, place)));

  return {
    set(subject, time) {
      times[subject] = time;
      let place = places[subject] ?? NOWHERE;
      if (place === NOWHERE) {
        place = count;
        count += 1;
      }
      settle(subject, place);
    },
    remove(subject) {
      const place = places[subject] ?? NOWHERE;
      if (place === NOWHERE) return;
      times[subject] = Number.POSITIVE_INFINITY;
      places[subject] = NOWHERE;
      count -= 1;
      if (place < count) settle(at(count), place);
    },
    first: () => (count > 0 ? at(0) : NOWHERE),
    timeOf,
  };
}

const NOWHERE = -1;
