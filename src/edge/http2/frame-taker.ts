import { ERROR, FLAG, FRAME, MOST_WINDOW, SETTING } from "./frame.ts";
import type { FrameHearer } from "./frame-reader.ts";
import { Head } from "./head.ts";
import { CompressionError, HpackDecoder } from "./hpack-decoder.ts";
import { CONNECTION_WINDOW, MOST_BLOCK_BYTES, MOST_BLOCK_FRAMES, MOST_HEADER_LIST } from "./limits.ts";
import type { Session } from "./session.ts";
import type { Stream } from "./stream.ts";

/** Does what a peer's frames say, and ends the stream or the connection of those that RFC 9113 forbids (sections 4 to 6). */
export class FrameTaker implements FrameHearer {
  readonly #session: Session;
  readonly #decoder = new HpackDecoder();
  readonly #head = new Head();
  #begun = false;
  /** The peer's NO_RFC7540_PRIORITIES. */
  #noPriorities: number | undefined;
  /** What the peer may still send on the connection, and what it was not given back yet. */
  #window = CONNECTION_WINDOW;
  #taken = 0;
  /** A header block that CONTINUATION goes on with; stream 0 when there is none. */
  #blockStream = 0;
  #blockEnds = false;
  #blockBytes = 0;
  #block: Buffer[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  get done(): boolean {
    return this.#session.done;
  }

  tooLong(): void {
    this.#session.fail(ERROR.frameSize, "a frame that is too long");
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (!this.#begun) {
      if (type !== FRAME.settings || (flags & FLAG.ack) !== 0)
        return session.fail(ERROR.protocol, "SETTINGS come first");
      this.#begun = true;
    }
    if (this.#blockStream !== 0 && (type !== FRAME.continuation || id !== this.#blockStream)) {
      return session.fail(ERROR.protocol, "a header block that is not continued");
    }
    switch (type) {
      case FRAME.data:
        return this.#data(flags, id, bytes, from, to);
      case FRAME.headers:
        return this.#headers(flags, id, bytes, from, to);
      case FRAME.priority:
        return this.#priority(id, bytes, from, to);
      case FRAME.rstStream:
        return this.#rstStream(id, bytes, from, to);
      case FRAME.settings:
        return this.#settings(flags, id, bytes, from, to);
      case FRAME.pushPromise:
        return session.fail(ERROR.protocol, "nothing may be pushed");
      case FRAME.ping:
        return this.#ping(flags, id, bytes, from, to);
      case FRAME.goaway:
        return this.#goaway(id, bytes, from, to);
      case FRAME.windowUpdate:
        return this.#windowUpdate(id, bytes, from, to);
      case FRAME.continuation:
        return this.#continuation(flags, id, bytes, from, to);
      default:
        session.glitch(); // unknown types are ignored (section 5.5)
    }
  }

  /** Section 6.1. */
  #data(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id === 0) return session.fail(ERROR.protocol, "DATA on stream 0");
    const start = from + (flags & FLAG.padded ? 1 : 0);
    if (start > to) return session.fail(ERROR.frameSize, "DATA without its pad length");
    const end = start === from ? to : to - (bytes[from] as number);
    if (end < start) return session.fail(ERROR.protocol, "more padding than DATA");
    const length = to - from;
    this.#window -= length;
    if (this.#window < 0) return session.fail(ERROR.flowControl, "more than the connection's window");
    const stream = session.streams.get(id);
    const ends = (flags & FLAG.endStream) !== 0;
    if (stream === undefined) this.#dataOfNone(id);
    else if (stream.heardAll) stream.reset(ERROR.streamClosed, "DATA behind the end of its stream");
    else if (stream.incoming === undefined) stream.reset(ERROR.protocol, "DATA before a head");
    else {
      if (length === 0 && !ends) session.glitch();
      stream.received += end - start;
      stream.movedAt = session.now;
      stream.incoming.data(bytes, start, end, length - (end - start));
      if (ends && !stream.closed) stream.heard(undefined);
    }
    this.#giveBack(length);
  }

  #dataOfNone(id: number): void {
    const session = this.#session;
    if (session.isIdle(id)) return session.fail(ERROR.protocol, "DATA on a stream that was never opened");
    switch (session.closedStreams.endOf(id)) {
      case "never":
        return session.fail(ERROR.protocol, "DATA on a stream that was passed over");
      case "whole":
      case "reset-by-peer":
        session.misbehaved();
        return session.rstStream(id, ERROR.streamClosed);
      case "reset-by-us":
      case "forgotten":
        session.glitch(); // was on its way when we ended the stream
    }
  }

  /** The connection's window is not what slows a peer down: streams have theirs. */
  #giveBack(length: number): void {
    this.#taken += length;
    if (this.#taken * 2 < CONNECTION_WINDOW || this.done) return;
    this.#window += this.#taken;
    this.#session.windowUpdate(0, this.#taken);
    this.#taken = 0;
  }

  /** Section 6.2. Priority means nothing any more (section 5.3.2), but nonsense. */
  #headers(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id === 0) return session.fail(ERROR.protocol, "HEADERS on stream 0");
    const padded = (flags & FLAG.padded) !== 0;
    const start = from + (padded ? 1 : 0) + (flags & FLAG.priority ? 5 : 0);
    if (start > to) return session.fail(ERROR.frameSize, "HEADERS without what their flags say");
    const end = padded ? to - (bytes[from] as number) : to;
    if (end < start) return session.fail(ERROR.protocol, "more padding than HEADERS");
    if ((flags & FLAG.priority) !== 0 && dependsOn(bytes, start - 5) === id)
      return session.fail(ERROR.protocol, ITSELF);
    const ends = (flags & FLAG.endStream) !== 0;
    if (flags & FLAG.endHeaders) return this.#whole(id, ends, bytes, start, end);
    this.#blockStream = id;
    this.#blockEnds = ends;
    this.#blockBytes = end - start;
    this.#block = [Buffer.from(bytes.subarray(start, end))];
  }

  /** Section 6.10. Bounded in frames as well as in bytes: none need to carry anything. */
  #continuation(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (this.#blockStream === 0) return session.fail(ERROR.protocol, "CONTINUATION of nothing");
    this.#blockBytes += to - from;
    if (
      this.#block.push(Buffer.from(bytes.subarray(from, to))) > MOST_BLOCK_FRAMES ||
      this.#blockBytes > MOST_BLOCK_BYTES
    ) {
      return session.fail(ERROR.enhanceYourCalm, "a header block that is too long");
    }
    if ((flags & FLAG.endHeaders) === 0) return;
    const block = Buffer.concat(this.#block);
    this.#block = [];
    this.#blockStream = 0;
    this.#whole(id, this.#blockEnds, block, 0, block.length);
  }

  /** A whole header block. It is decoded whatever becomes of it, for the table's sake (section 4.3). */
  #whole(id: number, ends: boolean, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    const head = this.#head;
    head.begin(MOST_HEADER_LIST);
    try {
      this.#decoder.decode(bytes, from, to, head);
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error;
      return session.fail(ERROR.compression, error.message);
    }
    const stream = session.streams.get(id);
    if (stream === undefined) return this.#headOfNone(id, ends, head, to - from);
    if (stream.heardAll) return stream.reset(ERROR.streamClosed, "HEADERS behind the end of their stream");
    session.heard = true;
    stream.received += to - from;
    stream.movedAt = session.now;
    if (stream.incoming === undefined) return stream.head(head, ends);
    this.#trailers(stream, head, ends);
  }

  #headOfNone(id: number, ends: boolean, head: Head, size: number): void {
    const session = this.#session;
    if (session.isIdle(id)) return session.opened(id, ends, head, size);
    switch (session.closedStreams.endOf(id)) {
      case "never":
        return session.fail(ERROR.protocol, "HEADERS on a stream that was passed over");
      case "whole":
      case "reset-by-peer":
        return session.fail(ERROR.streamClosed, "HEADERS on a stream that is closed");
      case "reset-by-us":
      case "forgotten":
        session.glitch();
    }
  }

  /** Section 8.1. */
  #trailers(stream: Stream, head: Head, ends: boolean): void {
    if (head.tooLarge) return stream.reset(ERROR.protocol, "a trailer section that is too long");
    if (!ends) return stream.reset(ERROR.protocol, "trailers that do not end their stream");
    if (head.contentLength >= 0 || head.host !== undefined) {
      return stream.reset(ERROR.protocol, "a field in trailers that only a head may have");
    }
    if (head.hasPseudo) return stream.reset(ERROR.protocol, "a pseudo field in trailers");
    if (head.malformed !== undefined) return stream.reset(ERROR.protocol, head.malformed);
    stream.heard(head.fields);
  }

  /** Section 6.3. */
  #priority(id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id === 0) return session.fail(ERROR.protocol, "PRIORITY on stream 0");
    if (to - from !== 5) return session.fail(ERROR.frameSize, "PRIORITY of another length than 5");
    if (dependsOn(bytes, from) === id) return session.fail(ERROR.protocol, ITSELF);
    session.glitch();
  }

  /** Section 6.4. */
  #rstStream(id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id === 0) return session.fail(ERROR.protocol, "RST_STREAM on stream 0");
    if (to - from !== 4) return session.fail(ERROR.frameSize, "RST_STREAM of another length than 4");
    if (session.isIdle(id)) return session.fail(ERROR.protocol, "RST_STREAM on a stream that was never opened");
    const stream = session.streams.get(id);
    if (stream === undefined) return session.glitch();
    session.misbehaved();
    if (!stream.closed) stream.wasReset(bytes.readUInt32BE(from));
  }

  /** Section 6.5. */
  #settings(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id !== 0) return session.fail(ERROR.protocol, "SETTINGS on a stream");
    if (flags & FLAG.ack) {
      if (to !== from) return session.fail(ERROR.frameSize, "an acknowledgement that says something");
      if (session.acknowledged) return session.fail(ERROR.protocol, "an acknowledgement of nothing");
      session.acknowledged = true;
      return;
    }
    if ((to - from) % 6 !== 0) return session.fail(ERROR.frameSize, "SETTINGS of a length that is no multiple of 6");
    session.glitch();
    let window = session.peerWindow;
    for (let at = from; at < to && !this.done; at += 6) {
      const value = bytes.readUInt32BE(at + 2);
      switch (bytes.readUInt16BE(at)) {
        case SETTING.headerTableSize:
          session.encoder.limit(value);
          break;
        case SETTING.enablePush:
          if (value > session.mostPush) session.fail(ERROR.protocol, "ENABLE_PUSH of this value");
          break;
        case SETTING.maxConcurrentStreams:
          session.peerStreams = value;
          break;
        case SETTING.initialWindowSize:
          if (value > MOST_WINDOW) session.fail(ERROR.flowControl, "INITIAL_WINDOW_SIZE of more than 2^31-1");
          window = value;
          break;
        case SETTING.maxFrameSize:
          if (value < 16_384 || value > 16_777_215) session.fail(ERROR.protocol, "MAX_FRAME_SIZE of this value");
          break;
        case SETTING.enableConnectProtocol:
          if (value > 1) session.fail(ERROR.protocol, "ENABLE_CONNECT_PROTOCOL of this value");
          break;
        case SETTING.noRfc7540Priorities:
          this.#noPriorities ??= value;
          if (value > 1 || value !== this.#noPriorities)
            session.fail(ERROR.protocol, "NO_RFC7540_PRIORITIES of this value");
          break;
      }
    }
    if (this.done) return;
    this.#noPriorities ??= 0; // what the first SETTINGS say stays (RFC 9218 section 2.1)
    session.acknowledge();
    session.openWindows(window);
    session.configured();
  }

  /** Section 6.7. */
  #ping(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id !== 0) return session.fail(ERROR.protocol, "PING on a stream");
    if (to - from !== 8) return session.fail(ERROR.frameSize, "PING of another length than 8");
    if (flags & FLAG.ack) return session.pinged();
    session.glitch();
    if (!this.done) session.ping(FLAG.ack, bytes.subarray(from, to));
  }

  /** Section 6.8. */
  #goaway(id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (id !== 0) return session.fail(ERROR.protocol, "GOAWAY on a stream");
    if (to - from < 8) return session.fail(ERROR.frameSize, "GOAWAY of less than 8 bytes");
    session.glitch();
    if (!this.done) session.peerGoesAway(bytes.readUInt32BE(from) & MOST_WINDOW, bytes.readUInt32BE(from + 4));
  }

  /** Section 6.9. */
  #windowUpdate(id: number, bytes: Buffer, from: number, to: number): void {
    const session = this.#session;
    if (to - from !== 4) return session.fail(ERROR.frameSize, "WINDOW_UPDATE of another length than 4");
    const more = bytes.readUInt32BE(from) & MOST_WINDOW;
    session.glitch();
    if (id === 0) {
      if (more === 0) return session.fail(ERROR.protocol, "WINDOW_UPDATE by nothing");
      session.window += more;
      if (session.window > MOST_WINDOW) return session.fail(ERROR.flowControl, "a window of more than 2^31-1");
      return session.pump();
    }
    if (session.isIdle(id)) return session.fail(ERROR.protocol, "WINDOW_UPDATE on a stream that was never opened");
    const stream = session.streams.get(id);
    if (stream === undefined) return;
    if (more === 0) return stream.reset(ERROR.protocol, "WINDOW_UPDATE by nothing");
    stream.outgoing.window += more;
    if (stream.outgoing.window > MOST_WINDOW) return stream.reset(ERROR.flowControl, "a window of more than 2^31-1");
    if (stream.outgoing.waits) stream.outgoing.pump();
  }
}

function dependsOn(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & MOST_WINDOW;
}

const ITSELF = "a stream that depends on itself";
