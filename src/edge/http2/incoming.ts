import type { Flow, Sink } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";
import { ERROR } from "./frame.ts";
import { FIRST_WINDOW, WIDEST_WINDOW } from "./limits.ts";
import type { Stream } from "./stream.ts";
import { Waiting } from "./waiting.ts";

/** The body that a peer sends on a stream. Its window grows only as the sink takes what came (RFC 9113 section 5.2). */
export class Incoming implements Flow {
  readonly #stream: Stream;
  /** What the peer may still send. */
  #window = FIRST_WINDOW;
  /** What it may have under way, and how much of that was taken and not given back yet. */
  #allowance = FIRST_WINDOW;
  #taken = 0;
  /** What it still owes by its content-length; infinite when it did not say. */
  #owed: number;
  #into: Sink | undefined;
  #full = false;
  #paused = false;
  /** What came before it was wanted. */
  readonly #held: Waiting = new Waiting();
  #trailers: Fields | undefined;
  /** The peer has said all; and that was passed on, or that there will be no more. */
  ended = false;
  #told = false;

  constructor(stream: Stream, owed: number | undefined) {
    this.#stream = stream;
    this.#owed = owed ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the next step is the peer's. */
  get waits(): boolean {
    return !this.ended && !this.#full && !this.#paused && this.#window > 0;
  }

  /** Once: begins to pass on. */
  deliver(into: Sink): void {
    this.#into = into;
    if (this.#told) return into.abort();
    this.#release();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#release();
  }

  /** Takes `bytes[from..to)`, which is not kept, and counts the padding that came with it. */
  data(bytes: Buffer, from: number, to: number, padding: number): void {
    const length = to - from;
    this.#window -= length + padding;
    if (this.#window < 0) return this.#stream.reset(ERROR.flowControl, "more than the stream's window");
    this.#owed -= length;
    if (this.#owed < 0) return this.#stream.reset(ERROR.protocol, "more than its content-length");
    this.#taken += padding;
    if (length === 0) return;
    const piece = bytes.subarray(from, to);
    if (this.#into !== undefined && !this.#full && !this.#paused && this.#held.isEmpty)
      return this.#pass(this.#into, piece);
    if (this.#told) return;
    this.#held.add(piece);
  }

  /** The peer has said all. */
  end(trailers: Fields | undefined): void {
    if (this.#owed > 0 && this.#owed !== Number.POSITIVE_INFINITY) {
      return this.#stream.reset(ERROR.protocol, "less than its content-length");
    }
    this.ended = true;
    this.#trailers = trailers;
    this.#release();
  }

  /** Nobody wants it any more, nor to hear what becomes of it. */
  drop(): void {
    this.#told = true;
    this.#into = undefined;
    this.#held.clear();
  }

  /** There is nobody to take it, or nothing more will come: what is whole is still passed on. */
  close(): void {
    this.#stream.session.shrink(this.#allowance - FIRST_WINDOW);
    this.#allowance = FIRST_WINDOW;
    if (this.#told || (this.ended && this.#into !== undefined)) return;
    this.#told = true;
    this.#held.clear();
    this.#into?.abort();
  }

  #pass(into: Sink, piece: Buffer): void {
    this.#taken += piece.length;
    if (into.write(piece)) return this.#grant();
    this.#full = true;
    into.drained(this.#drained);
  }

  readonly #drained = (): void => {
    this.#full = false;
    this.#release();
  };

  #release(): void {
    const into = this.#into;
    if (into === undefined || this.#told) return;
    while (!this.#held.isEmpty) {
      if (this.#full || this.#paused) return;
      const piece = this.#held.take();
      if (piece) this.#pass(into, piece);
      if (this.#told) return;
    }
    if (this.ended && !this.#paused) {
      this.#told = true;
      into.end(this.#trailers);
    } else if (!this.#full) this.#grant();
  }

  /** Gives back what was taken; and as long as everything is taken at once, twice as much as before. */
  #grant(): void {
    if (this.ended || this.#told || this.#taken * 2 < this.#allowance) return;
    let more = this.#taken;
    this.#taken = 0;
    if (this.#allowance < WIDEST_WINDOW && this.#stream.session.grow(this.#allowance)) {
      more += this.#allowance;
      this.#allowance *= 2;
    }
    this.#window += more;
    this.#stream.session.windowUpdate(this.#stream.id, more);
  }
}
