import type { Fields } from "./fields.ts";

/** How long a body is: in bytes, or `unknown` when it ends where it ends. */
export type BodyLength = number | "unknown";

/**
 * Where a body goes to, piece by piece: to a target when it is a request's, to the client when it is an answer's. Each
 * sink has one producer. What comes after `end`, `abort` or the end of the connection is dropped in silence.
 */
export interface Sink {
  /**
   * Takes a piece. It may be overwritten as soon as this returns: a sink that cannot send it at once copies it.
   * False when enough is waiting: the producer pauses until `drained` tells that there is room.
   */
  write(piece: Uint8Array): boolean;
  /** The body is whole. Trailers are sent where the protocol can carry them, and dropped where it cannot. */
  end(trailers?: Fields): void;
  /** The body will never be whole: ends in a way that nobody takes for a whole one. */
  abort(): void;
  /** Who is told that there is room again after a `write` that answered false. Replaces whoever was told before. */
  drained(act: () => void): void;
}

/** The producer's side of a body on its way. */
export interface Flow {
  /** Delivers nothing until `resume`; the sender is made to wait by its own flow control. */
  pause(): void;
  resume(): void;
}

/** Bytes in both directions, after the protocol of a connection was switched (RFC 9110 section 7.8). */
export interface Channel extends Sink, Flow {
  /** Delivers what the other side sends from now on, from the first byte behind the head. Once only. */
  receive(into: Sink): void;
}

/** A sink that wants nothing. */
export const NOWHERE: Sink = { write: () => true, end: () => {}, abort: () => {}, drained: () => {} };
