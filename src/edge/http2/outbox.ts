import type { Socket } from "node:net";
import { FRAME_HEAD, MOST_FRAME } from "./frame.ts";

/**
 * What waits to be written on a connection. Frames of all streams are put into one piece of memory, which goes out in
 * one write at the end of the loop's turn, or when it is full; while a write is under way the next pieces are filled.
 */
export class Outbox {
  readonly #socket: Socket;
  readonly #onRoom: () => void;
  #used = 0;
  /** Full pieces that wait for the write that is under way: two at once would be copied into one. */
  readonly #full: Piece[] = [];
  #underWay = 0;
  /** Of full pieces and the write under way, in bytes. */
  #leaving = 0;
  #scheduled = false;
  #closed = false;
  /** Frames are written into it at the place that `frame` answers. */
  chunk: Buffer = NO_CHUNK;
  /** Counts pieces: what was put into the present one can still be changed. */
  turn = 0;

  /** Writes that were done. */
  written = 0;

  /** `onRoom` is told when something was written. */
  constructor(socket: Socket, onRoom: () => void) {
    this.#socket = socket;
    this.#onRoom = onRoom;
  }

  /** In bytes. */
  get pending(): number {
    return this.#used + this.#leaving;
  }

  /** Whether more of bodies should be put in. */
  get hasRoom(): boolean {
    return this.pending < ENOUGH;
  }

  /** Whether a piece of a body that came nevertheless may be put in. */
  get takesMore(): boolean {
    return this.pending < MOST;
  }

  /** Sees to it that `chunk` has this many bytes left; answers where they begin. */
  reserve(bytes: number): number {
    while (this.#used + bytes > this.chunk.length) {
      if (this.#used > 0) this.#leave();
      else this.chunk = FREE.pop() ?? Buffer.allocUnsafeSlow(CHUNK);
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(flush, this);
    }
    return this.#used;
  }

  /** Puts in a frame's head, after `reserve`; answers where in `chunk` its payload goes. */
  frame(type: number, flags: number, stream: number, length: number): number {
    const { chunk } = this;
    const at = this.#used;
    chunk[at] = length >> 16;
    chunk[at + 1] = length >> 8;
    chunk[at + 2] = length;
    chunk[at + 3] = type;
    chunk[at + 4] = flags;
    chunk[at + 5] = stream >>> 24;
    chunk[at + 6] = stream >> 16;
    chunk[at + 7] = stream >> 8;
    chunk[at + 8] = stream;
    this.#used = at + FRAME_HEAD + length;
    return at + FRAME_HEAD;
  }

  /** Writes what is there, unless a write is under way that will be followed by it. */
  flush(): void {
    this.#scheduled = false;
    if (this.#used > 0 && this.#underWay === 0) this.#leave();
  }

  /** Puts in bytes that are no frame. */
  raw(bytes: Buffer): void {
    const at = this.reserve(bytes.length);
    this.#used += bytes.copy(this.chunk, at);
  }

  /** Writes the rest, and nothing behind it. */
  end(): void {
    if (this.#used > 0) this.#leave();
    for (const piece of this.#full.splice(0)) this.#write(piece);
    this.#closed = true;
  }

  /** Writes nothing any more. */
  close(): void {
    this.#closed = true;
    this.#used = 0;
    this.#full.length = 0;
    this.chunk = NO_CHUNK;
  }

  /** Nothing is put into the present piece any more: it is written now, or behind what is under way. */
  #leave(): void {
    const piece = { chunk: this.chunk, bytes: this.#used };
    this.chunk = NO_CHUNK;
    this.#used = 0;
    this.turn++;
    if (this.#closed) return;
    this.#leaving += piece.bytes;
    if (this.#underWay === 0) this.#write(piece);
    else this.#full.push(piece);
  }

  #write({ chunk, bytes }: Piece): void {
    this.#underWay += bytes;
    this.#socket.write(chunk.subarray(0, bytes), (error) => {
      this.#underWay -= bytes;
      this.#leaving -= bytes;
      this.written++;
      if (error) return; // what the socket still refers to is not used again
      if (FREE.length < MOST_FREE) FREE.push(chunk);
      if (this.#closed) return;
      this.#next();
      this.#onRoom();
    });
  }

  #next(): void {
    if (this.#underWay > 0) return;
    const piece = this.#full.shift();
    if (piece) this.#write(piece);
    else if (this.#used > 0) this.#leave();
  }
}

interface Piece {
  readonly chunk: Buffer;
  readonly bytes: number;
}

function flush(outbox: Outbox): void {
  outbox.flush();
}

/** Four frames of the largest size, and some small ones. */
const CHUNK = 4 * (FRAME_HEAD + MOST_FRAME) + 2048;
const NO_CHUNK = Buffer.alloc(0);
/** From here on whoever produces bodies is to wait: the kernel has more than this on its way. */
const ENOUGH = 64 * 1024;
/** From here on what came nevertheless is kept by its stream. */
const MOST = 4 * CHUNK;
/** Pieces to be used again, by whichever connection. */
const FREE: Buffer[] = [];
const MOST_FREE = 64;
