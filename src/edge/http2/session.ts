import type { Socket } from "node:net";
import type { Fields } from "#edge/http/fields.ts";
import { ClosedStreams, type StreamEnd } from "./closed-streams.ts";
import {
  DEFAULT_WINDOW,
  ERROR,
  errorName,
  FLAG,
  FRAME,
  FRAME_HEAD,
  MOST_FRAME,
  MOST_WINDOW,
  SETTING,
} from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { FrameTaker } from "./frame-taker.ts";
import type { Head } from "./head.ts";
import { blockBound, HpackEncoder } from "./hpack-encoder.ts";
import { CONNECTION_WINDOW, FIRST_WINDOW, MOST_HEADER_LIST, MOST_PENDING, MOST_WIDENED } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Outcome, Stream } from "./stream.ts";

/** An HTTP/2 connection (RFC 9113), whichever side of it we are: its streams, its windows, and what is written on it. */
export abstract class Session {
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly encoder: HpackEncoder = new HpackEncoder();
  readonly streams: Map<number, Stream> = new Map();
  readonly closedStreams: ClosedStreams = new ClosedStreams();
  /** Bodies that wait for a window, or for room in the outbox. */
  readonly waiting: Set<Outgoing> = new Set();
  /** The present as this connection last looked at it, in milliseconds. */
  now = 0;
  /** Nothing is heard any more. */
  done = false;
  /** The highest stream that was opened; clients open all. */
  lastId = 0;
  /** Whether the peer ever said anything that was asked. */
  heard = false;
  /** Whether our SETTINGS were acknowledged. */
  acknowledged = false;
  /** What the peer lets us send on the connection, and on a stream at first; and how many streams it takes. */
  window: number = DEFAULT_WINDOW;
  peerWindow: number = DEFAULT_WINDOW;
  peerStreams: number = Number.POSITIVE_INFINITY;
  /** The highest ENABLE_PUSH that the peer may send (RFC 9113 section 6.5.2). */
  abstract readonly mostPush: 0 | 1;
  readonly #reader = new FrameReader();
  readonly #taker: FrameTaker;
  /** By how much windows of streams were opened wider than at first. */
  #grown = 0;
  /** Where the block that is being written began, and what it is put into when one frame may be too small. */
  #blockAt = 0;
  #largeBlock: Buffer | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.outbox = new Outbox(socket, () => this.pump());
    this.#taker = new FrameTaker(this);
  }

  /** A header block on a stream that was not opened yet. */
  abstract opened(id: number, ends: boolean, head: Head, size: number): void;
  /** The peer did what it may do now and then. */
  abstract glitch(): void;
  /** The peer ended a stream, or made us end one: it costs us more than it. */
  abstract misbehaved(): void;
  /** The peer's settings came. */
  abstract configured(): void;
  /** Our PING came back. */
  abstract pinged(): void;
  /** The peer will not take streams above `lastId`. */
  abstract peerGoesAway(lastId: number, code: number): void;
  /** A stream is over. */
  protected abstract streamGone(stream: Stream): void;
  /** Ends the socket behind what was written. */
  protected abstract endSocket(): void;
  /** The connection is over; told once. */
  protected abstract over(reason: string): void;

  /** Takes what the socket read: nothing of it is kept. */
  receive(bytes: Buffer, from: number, to: number): void {
    if (!this.done) this.#reader.read(bytes, from, to, this.#taker);
    if (this.outbox.pending > MOST_PENDING && !this.done) this.fail(ERROR.enhanceYourCalm, "answers that are not read");
  }

  isIdle(id: number): boolean {
    return (id & 1) === 0 || id > this.lastId;
  }

  // Frames that we write.

  /** SETTINGS of ours, and the connection's window. */
  protected begin(settings: readonly (readonly [id: number, value: number])[]): void {
    let at = this.#frame(FRAME.settings, 0, 0, settings.length * 6);
    const { chunk } = this.outbox;
    for (const [id, value] of settings) {
      at = chunk.writeUInt16BE(id, at);
      at = chunk.writeUInt32BE(value, at);
    }
    this.windowUpdate(0, CONNECTION_WINDOW - DEFAULT_WINDOW);
  }

  acknowledge(): void {
    this.#frame(FRAME.settings, FLAG.ack, 0, 0);
  }

  ping(flags: number, opaque: Buffer): void {
    const at = this.#frame(FRAME.ping, flags, 0, 8);
    opaque.copy(this.outbox.chunk, at, 0, 8);
  }

  rstStream(id: number, code: number): void {
    this.#word(FRAME.rstStream, id, code);
  }

  windowUpdate(id: number, more: number): void {
    this.#word(FRAME.windowUpdate, id, more);
  }

  goaway(lastId: number, code: number, reason: string): void {
    const at = this.#frame(FRAME.goaway, 0, 0, 8 + reason.length);
    const { chunk } = this.outbox;
    chunk.writeUInt32BE(lastId, at);
    chunk.writeUInt32BE(code, at + 4);
    chunk.write(reason, at + 8, "latin1");
  }

  /** Begins a header block that takes `bound` bytes at most: `encoder` writes it, `endHead` ends it. */
  beginHead(bound: number): void {
    this.#largeBlock = bound > MOST_FRAME ? Buffer.allocUnsafe(bound) : undefined;
    if (this.#largeBlock !== undefined) return this.encoder.begin(this.#largeBlock, 0);
    this.#blockAt = this.outbox.reserve(FRAME_HEAD + bound) + FRAME_HEAD;
    this.encoder.begin(this.outbox.chunk, this.#blockAt);
  }

  endHead(stream: Stream, ends: boolean): void {
    const end = this.encoder.end();
    const flags = ends ? FLAG.endStream : 0;
    const { id, outgoing } = stream;
    let length = end;
    if (this.#largeBlock !== undefined) this.#putLarge(this.#largeBlock.subarray(0, end), id, flags, outgoing);
    else {
      length = end - this.#blockAt;
      outgoing.flagsAt = this.outbox.frame(FRAME.headers, flags | FLAG.endHeaders, id, length) - 5;
      outgoing.flagsTurn = this.outbox.turn;
    }
    stream.sent += length;
  }

  #putLarge(block: Buffer, id: number, flags: number, outgoing: Outgoing): void {
    for (let at = 0; at < block.length; at += MOST_FRAME) {
      const piece = block.subarray(at, at + MOST_FRAME);
      const last = at + MOST_FRAME >= block.length ? FLAG.endHeaders : 0;
      const into = this.#frame(
        at === 0 ? FRAME.headers : FRAME.continuation,
        at === 0 ? flags | last : last,
        id,
        piece.length,
      );
      piece.copy(this.outbox.chunk, into);
      outgoing.flagsTurn = -1;
    }
  }

  /** Sends as much of a piece as windows and the outbox let; answers how much. */
  sendData(stream: Stream, outgoing: Outgoing, piece: Uint8Array): number {
    const { outbox } = this;
    if (!outbox.takesMore) return 0;
    const end = Math.min(piece.length, this.window, outgoing.window);
    let at = 0;
    let frames = 0;
    for (; at < end; frames++) {
      const length = Math.min(MOST_FRAME, end - at);
      outbox.reserve(FRAME_HEAD + length);
      const into = outbox.frame(FRAME.data, 0, stream.id, length);
      outbox.chunk.set(length === piece.length ? piece : piece.subarray(at, at + length), into);
      outgoing.flagsAt = into - 5;
      outgoing.flagsTurn = outbox.turn;
      at += length;
    }
    if (at <= 0) return 0;
    this.window -= at;
    outgoing.window -= at;
    stream.sent += at;
    this.sentBody(stream, frames);
    return at;
  }

  /** Some of a stream's body went. */
  protected abstract sentBody(stream: Stream, frames: number): void;

  /** Ends our side of a stream: on the last frame if it is still here, else with one more. */
  endStream(stream: Stream, outgoing: Outgoing, trailers: Fields | undefined): void {
    if (trailers !== undefined && trailers.length > 0) {
      this.beginHead(blockBound(trailers));
      for (const { key, value } of trailers) if (key !== "content-length") this.encoder.header(key, value);
      return this.endHead(stream, true);
    }
    if (outgoing.flagsTurn === this.outbox.turn) {
      const { chunk } = this.outbox;
      chunk[outgoing.flagsAt] = (chunk[outgoing.flagsAt] as number) | FLAG.endStream;
    } else this.#frame(FRAME.data, FLAG.endStream, stream.id, 0);
  }

  #word(type: number, id: number, value: number): void {
    const at = this.#frame(type, 0, id, 4);
    this.outbox.chunk.writeUInt32BE(value, at);
  }

  #frame(type: number, flags: number, id: number, length: number): number {
    this.outbox.reserve(FRAME_HEAD + length);
    return this.outbox.frame(type, flags, id, length);
  }

  // Windows.

  /** Lets every body go on that can, one after the other. */
  pump(): void {
    if (this.waiting.size === 0 || this.done) return;
    for (const outgoing of this.waiting) {
      if (!this.outbox.hasRoom) return;
      if (!outgoing.pump() || !this.waiting.has(outgoing)) continue;
      this.waiting.delete(outgoing); // it had its turn
      this.waiting.add(outgoing);
    }
  }

  /** The peer's INITIAL_WINDOW_SIZE: changes the windows of the streams that are open, too (RFC 9113 section 6.9.2). */
  openWindows(size: number): void {
    const more = size - this.peerWindow;
    if (more === 0) return;
    this.peerWindow = size;
    for (const { outgoing } of this.streams.values()) {
      outgoing.window += more;
      if (outgoing.window > MOST_WINDOW) return this.fail(ERROR.flowControl, "a window of more than 2^31-1");
    }
    if (more > 0) this.pump();
  }

  /** Whether a stream's window may be opened wider by so much: what a peer can make us keep stays bounded. */
  grow(more: number): boolean {
    if (this.#grown + more > MOST_WIDENED) return false;
    this.#grown += more;
    return true;
  }

  shrink(by: number): void {
    this.#grown -= by;
  }

  // Ends.

  /** A stream is over: frames that still come for it are judged by how. */
  forget(stream: Stream, end: StreamEnd): void {
    this.streams.delete(stream.id);
    this.closedStreams.add(stream.id, end);
    this.streamGone(stream);
  }

  /** Ends the connection because of what the peer did (RFC 9113 section 5.4.1). */
  fail(code: number, reason: string): void {
    if (this.done) return;
    this.goaway(this.lastId, code, reason);
    this.close(`${errorName(code)}: ${reason}`, "malformed");
  }

  /** Ends the connection behind what is in the outbox. */
  close(reason: string, outcome: Outcome = "lost"): void {
    if (this.done) return;
    this.done = true;
    this.outbox.end();
    this.endSocket();
    this.#end(reason, outcome);
  }

  /** The connection ended, or is to end at once. */
  destroy(reason: string): void {
    if (!this.done) {
      this.done = true;
      this.outbox.close();
      this.#end(reason, "lost");
    }
    this.socket.destroy();
  }

  #end(reason: string, outcome: Outcome): void {
    const streams = [...this.streams.values()];
    this.streams.clear();
    this.waiting.clear();
    for (const stream of streams) stream.leave(outcome, reason);
    this.over(reason);
  }
}

/** Settings that both sides of us send. */
export const COMMON_SETTINGS: readonly (readonly [number, number])[] = [
  [SETTING.initialWindowSize, FIRST_WINDOW],
  [SETTING.maxHeaderListSize, MOST_HEADER_LIST],
];
