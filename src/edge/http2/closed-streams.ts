/** How a stream ended, which decides what a frame means that comes behind its end. */
export type StreamEnd = "whole" | "reset-by-peer" | "reset-by-us";

/** The last streams of a connection that ended. */
export class ClosedStreams {
  readonly #ids: number[] = [];
  readonly #ends: StreamEnd[] = [];
  #next = 0;
  #forgotten = 0;

  add(id: number, end: StreamEnd): void {
    this.#forgotten = Math.max(this.#forgotten, this.#ids[this.#next] ?? 0);
    this.#ids[this.#next] = id;
    this.#ends[this.#next] = end;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** `forgotten` when it may have been one of ours, `never` when it was passed over by a higher number (RFC 9113 section 5.1.1). */
  endOf(id: number): StreamEnd | "forgotten" | "never" {
    const at = this.#ids.indexOf(id);
    if (at >= 0) return this.#ends[at] as StreamEnd;
    return id <= this.#forgotten ? "forgotten" : "never";
  }
}

const REMEMBERED = 256;
