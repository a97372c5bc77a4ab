import { FRAME_HEAD, MOST_FRAME } from "./frame.ts";

/** Who is told the frames. The payload is `bytes[from..to)`, which may be overwritten when this returns. */
export interface FrameHearer {
  frame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void;
  /** A frame that is longer than we take: nothing is told after it. */
  tooLong(type: number, stream: number): void;
  /** Nothing more is wanted. */
  readonly done: boolean;
}

/** Cuts what a connection reads into frames (RFC 9113 section 4.1). Copies only the frame that a read ends inside of. */
export class FrameReader {
  /** The beginning of a frame that is not whole. */
  #held: Buffer | undefined;
  #have = 0;

  read(bytes: Buffer, from: number, to: number, hearer: FrameHearer): void {
    let at = from;
    if (this.#held !== undefined) {
      at = this.#complete(this.#held, bytes, from, to, hearer);
      if (this.#held !== undefined) return;
    }
    while (to - at >= FRAME_HEAD && !hearer.done) {
      const end = at + FRAME_HEAD + lengthAt(bytes, at);
      if (end - at - FRAME_HEAD > MOST_FRAME) return hearer.tooLong(bytes[at + 3] as number, streamAt(bytes, at));
      if (end > to) break;
      tell(bytes, at, end, hearer);
      at = end;
    }
    if (at < to && !hearer.done) this.#hold(bytes, at, to);
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const whole = to - from < FRAME_HEAD ? FRAME_HEAD : FRAME_HEAD + lengthAt(bytes, from);
    this.#held = Buffer.allocUnsafe(whole);
    this.#have = bytes.copy(this.#held, 0, from, to);
  }

  /** Answers where the bytes behind the held frame begin. */
  #complete(held: Buffer, bytes: Buffer, from: number, to: number, hearer: FrameHearer): number {
    let at = from;
    if (this.#have < FRAME_HEAD) {
      const copied = bytes.copy(held, this.#have, at, Math.min(to, at + FRAME_HEAD - this.#have));
      this.#have += copied;
      at += copied;
      if (this.#have < FRAME_HEAD) return at;
      const length = lengthAt(held, 0);
      if (length > MOST_FRAME) {
        hearer.tooLong(held[3] as number, streamAt(held, 0));
        return at;
      }
      if (length > 0) {
        this.#held = Buffer.allocUnsafe(FRAME_HEAD + length);
        held.copy(this.#held, 0, 0, FRAME_HEAD);
      }
    }
    const whole = this.#held as Buffer;
    const copied = bytes.copy(whole, this.#have, at, Math.min(to, at + whole.length - this.#have));
    this.#have += copied;
    if (this.#have === whole.length) {
      this.#held = undefined;
      tell(whole, 0, whole.length, hearer);
    }
    return at + copied;
  }
}

function tell(bytes: Buffer, at: number, end: number, hearer: FrameHearer): void {
  hearer.frame(bytes[at + 3] as number, bytes[at + 4] as number, streamAt(bytes, at), bytes, at + FRAME_HEAD, end);
}

function lengthAt(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

/** The first bit is reserved and means nothing. */
function streamAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 5) & 0x7fffffff;
}
