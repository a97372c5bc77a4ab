import { later, type Millis, SECOND } from "#lib/duration.ts";

/**
 * Keeps receivers that are slow or down from taking the time of all others: each has a few deliveries at a time, and one
 * that fails again and again is left alone for a while. One event that fails by itself holds up nobody else's.
 * It is this process's own view and may be forgotten at any time.
 */
export class Congestion {
  readonly #receivers = new Map<string, Receiver>();

  /** A place for one delivery; or when to come again. */
  enter(target: string, now: Date, perSecond: number | undefined): Place | Date {
    const receiver = this.#receivers.get(target) ?? { atWork: 0, failures: 0, restsUntil: 0, free: 0 };
    this.#receivers.set(target, receiver);
    const most = receiver.failures >= TROUBLED ? 1 : AT_ONCE;
    if (receiver.restsUntil > now.getTime()) return later(new Date(receiver.restsUntil), SPREAD);
    if (receiver.free > now.getTime()) return new Date(receiver.free);
    if (receiver.atWork >= most) return later(now, SPREAD);
    receiver.atWork++;
    if (perSecond !== undefined) receiver.free = now.getTime() + Math.ceil(SECOND / perSecond);
    return {
      leave: (isWell, at) => {
        receiver.atWork--;
        receiver.failures = isWell ? 0 : receiver.failures + 1;
        const rest = Math.min(LONGEST, SECOND * 2 ** (receiver.failures - TROUBLED));
        receiver.restsUntil = receiver.failures >= TROUBLED ? at.getTime() + rest : 0;
        if (receiver.atWork === 0 && receiver.failures === 0 && receiver.free <= at.getTime()) {
          this.#receivers.delete(target);
        }
      },
    };
  }
}

export interface Place {
  /** The delivery came to its end; `isWell` when the receiver answered and wants no rest. */
  leave(isWell: boolean, at: Date): void;
}

interface Receiver {
  atWork: number;
  /** In a row. */
  failures: number;
  restsUntil: number;
  free: number;
}

const AT_ONCE = 4;
const TROUBLED = 5;
const LONGEST: Millis = 60 * SECOND;
const SPREAD: Millis = 250;
