import type { Socket } from "node:net";

/**
 * What is written on a socket, put together so that a small message goes out in one write: heads and pieces gather in a
 * stage until somebody flushes it. All outputs of the process share one stage; it is flushed before another uses it, and
 * at the latest when the event that is being handled is over.
 */
export class Output {
  /** Bytes that were written so far. */
  written = 0;
  readonly #socket: Socket;
  /** TLS has encrypted a piece when `write` returns; the kernel may not yet have taken one in clear. */
  readonly encrypted: boolean;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.encrypted = "encrypted" in socket && socket.encrypted === true;
  }

  /** Whether so much waits to be sent that the producer is to wait for the socket's `drain`. */
  get full(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  /** Writes characters, each of which is a byte. */
  text(text: string): void {
    this.written += text.length;
    if (text.length > STAGE_SIZE) {
      this.flush();
      this.#socket.write(text, "latin1");
      return;
    }
    take(this, text.length);
    used += stage.write(text, used, "latin1");
  }

  /** Writes a piece, which may be overwritten afterwards. */
  bytes(piece: Uint8Array): void {
    const { length } = piece;
    this.written += length;
    const big = length > STAGE_SIZE || (this.encrypted && length >= BIG && (owner !== this || used === 0));
    if (!big) {
      take(this, length);
      stage.set(piece, used);
      used += length;
      return;
    }
    this.flush();
    if (this.encrypted && this.#socket.writableLength === 0) this.#socket.write(piece);
    else this.#socket.write(Buffer.from(piece));
  }

  /** Sends what is on the stage. */
  flush(): void {
    if (owner !== this) return;
    owner = undefined;
    const socket = this.#socket;
    const piece = stage.subarray(0, used);
    used = 0;
    if (piece.length === 0 || socket.destroyed || socket.writableEnded) return;
    if (socket.writableLength > 0) {
      socket.write(Buffer.from(piece));
      return;
    }
    socket.write(piece);
    // What the kernel did not take now it takes from there later.
    if (!this.encrypted && socket.writableLength > 0) stage = Buffer.allocUnsafeSlow(STAGE_SIZE);
  }
}

/** Makes sure that there is room on the stage, and that it will be flushed. */
function take(output: Output, length: number): void {
  if (owner === output && used + length > STAGE_SIZE) output.flush();
  if (owner === output) return;
  owner?.flush();
  owner = output;
  if (handling === 0) process.nextTick(flushStage);
}

/** Begins to handle an event: until `leave`, what is written waits for more. */
export function enter(): void {
  handling++;
}

/** Ends the handling of an event, and sends what it wrote. */
export function leave(): void {
  if (--handling === 0) owner?.flush();
}

/** Handles an event, and sends what it wrote when it is over. Where a function costs too much there are `enter` and `leave`. */
export function during(act: () => void): void {
  enter();
  try {
    act();
  } finally {
    leave();
  }
}

function flushStage(): void {
  owner?.flush();
}

const STAGE_SIZE = 128 * 1024;
/** From here on it is cheaper to write a piece as it is than to copy it. */
const BIG = 16 * 1024;
let stage = Buffer.allocUnsafeSlow(STAGE_SIZE);
let used = 0;
let owner: Output | undefined;
let handling = 0;
