import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";

/**
 * What comes next from a client: a `head`, the `body` of the request under way, the end of its `answer`, anything in a
 * `tunnel`, or only what is dropped, so that it reads our last words before it hears of a reset (`closing`).
 */
export type Phase = "head" | "body" | "answer" | "tunnel" | "closing" | "closed";

/** When something last happened on a connection, in milliseconds of the clock. */
export interface Times {
  readonly opened: number;
  /** Anything came, or was taken. */
  heard: number;
  /** The first byte of the head under way came. */
  headBegan: number;
  /** We said our last words. */
  closing: number;
}

/** How a client stands when its time is looked at. */
export interface Standing {
  /** Some of a head has come. */
  readonly begun: boolean;
  /** We do not read: that nothing comes is our doing. */
  readonly paused: boolean;
  /** It has not taken all that was written. */
  readonly owesReading: boolean;
}

/** When a client's time is up if nothing happens, in milliseconds of the clock; infinite while the next step is not its own. */
export function deadline(
  phase: Phase,
  { opened, heard, headBegan, closing }: Times,
  { begun, paused, owesReading }: Standing,
  { idle, life }: { readonly idle: Millis; readonly life: Millis },
): number {
  switch (phase) {
    case "head":
      return Math.min(heard + idle, begun ? headBegan + LONGEST_HEAD_TIME : opened + life);
    case "body":
      return paused ? Number.POSITIVE_INFINITY : heard + idle;
    case "answer":
      return owesReading ? heard + idle : Number.POSITIVE_INFINITY;
    case "tunnel":
      return heard + idle;
    default:
      return closing + (owesReading ? Math.min(idle, LONGEST_LAST_WORDS) : FAREWELL);
  }
}

/**
 * Whether nothing is to be read from a client for now: only what somebody takes is read, and beyond that only as much as
 * it takes to hear that the client is gone. `taker` says whether who takes the body or tunnel is open for more; undefined
 * while nobody wants it.
 */
export function holdsBack(phase: Phase, isWaiting: boolean, taker: boolean | undefined, isFull: boolean): boolean {
  switch (phase) {
    case "head":
      return isWaiting && isFull;
    case "body":
      return taker === undefined ? isWaiting : !taker;
    case "answer":
      return isWaiting;
    case "tunnel":
      return taker !== true;
    default:
      return false;
  }
}

/** What the end of a client's side means: goodbye, that it is gone, or the end of its side of a tunnel; undefined: nothing yet. */
export function endMeans(
  phase: Phase,
  isWaiting: boolean,
  mayBeHalfOpen: boolean,
): "goodbye" | "gone" | "tunnel-ended" | undefined {
  switch (phase) {
    case "head":
      return "goodbye";
    case "body":
      return isWaiting ? undefined : "gone"; // what came may only not have been taken yet
    case "answer":
      return mayBeHalfOpen ? undefined : "gone"; // there may be no side left to answer on
    case "tunnel":
      return isWaiting ? undefined : "tunnel-ended";
    default:
      return undefined;
  }
}

/** For a client that is told goodbye and goes on sending. */
export const FAREWELL: Millis = 5 * SECOND;
/** For the end of an answer that a client takes slowly, behind which nothing comes. */
export const LONGEST_LAST_WORDS: Millis = MINUTE;
export const LONGEST_HEAD_TIME: Millis = MINUTE;
