import type { Sink } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";
import type { Stream } from "./stream.ts";

/** The body that we send on a stream, no faster than the peer's windows and the connection allow (RFC 9113 section 5.2). */
export class Outgoing implements Sink {
  readonly #stream: Stream;
  /** What the peer lets us send. */
  window: number;
  /** What we still owe it by our content-length; infinite when we did not say. */
  #owed = Number.POSITIVE_INFINITY;
  #queue: Buffer[] = NOTHING;
  #full = false;
  #ending = false;
  #trailers: Fields | undefined;
  #tellDrained: (() => void) | undefined;
  /** Nothing more is sent. */
  done = false;
  /** Where the flags of the last frame are, and in which of the outbox's pieces. */
  flagsAt = 0;
  flagsTurn = -1;

  constructor(stream: Stream, window: number) {
    this.#stream = stream;
    this.window = window;
  }

  /** Whether the next step is the peer's: it must open a window, or read. */
  get waits(): boolean {
    return this.#queue.length > 0;
  }

  /** Says how long the body is that follows. */
  owe(length: number): void {
    this.#owed = length;
  }

  write(piece: Uint8Array): boolean {
    if (this.done || this.#ending) return true;
    this.#owed -= piece.length;
    if (this.#owed < 0) {
      this.#stream.abort();
      return true;
    }
    const { session } = this.#stream;
    let from = 0;
    if (this.#queue.length === 0) from = session.sendData(this.#stream, this, piece);
    if (from < piece.length) {
      if (this.#queue === NOTHING) this.#queue = [];
      this.#queue.push(Buffer.from(piece.subarray(from)));
    } else if (session.outbox.hasRoom) return true;
    this.#full = true;
    session.waiting.add(this);
    return false;
  }

  end(trailers?: Fields): void {
    if (this.done || this.#ending) return;
    if (this.#owed > 0 && this.#owed !== Number.POSITIVE_INFINITY) return this.#stream.abort();
    this.#ending = true;
    this.#trailers = trailers;
    if (this.#queue.length === 0) this.#finish();
  }

  abort(): void {
    if (!this.done) this.#stream.abort();
  }

  drained(act: () => void): void {
    this.#tellDrained = act;
  }

  /** Sends what waits, as far as there is room; answers whether anything moved. */
  pump(): boolean {
    const { session } = this.#stream;
    let moved = false;
    for (let piece = this.#queue[0]; piece !== undefined; piece = this.#queue[0]) {
      const sent = session.sendData(this.#stream, this, piece);
      moved ||= sent > 0;
      if (sent < piece.length) {
        this.#queue[0] = piece.subarray(sent);
        return moved;
      }
      this.#queue.shift();
    }
    session.waiting.delete(this);
    if (this.#ending) this.#finish();
    else if (this.#full) {
      this.#full = false;
      this.#tellDrained?.();
    }
    return true;
  }

  /** Nothing more can be sent. */
  close(): void {
    this.done = true;
    this.#queue = NOTHING;
    this.#stream.session.waiting.delete(this);
    if (!this.#full) return;
    this.#full = false;
    this.#tellDrained?.(); // a producer that waits learns that nothing holds it any more: what it says is dropped
  }

  /** The head was all there is. */
  finished(): void {
    this.done = true;
    this.#stream.sentAll();
  }

  #finish(): void {
    this.#stream.session.endStream(this.#stream, this, this.#trailers);
    this.finished();
  }
}

const NOTHING: Buffer[] = [];
