import { FLAG, FRAME } from "#edge/http2/frame.ts";
import { FrameReader } from "#edge/http2/frame-reader.ts";
import { HpackDecoder } from "#edge/http2/hpack-decoder.ts";
import type { Heard } from "../../tests/support/http2-frames.ts";
import type { Peer, Seen } from "./http2-peers.ts";

/** What a server made of what came so far. */
export interface Verdict {
  /** The code of its GOAWAY, and why. */
  readonly goaway: string | undefined;
  readonly reason: string;
  /** By stream: the code of RST_STREAM, or the status of an answer that is not a target's. */
  readonly resets: ReadonlyMap<number, string>;
  readonly answers: ReadonlyMap<number, number>;
  readonly requests: ReadonlyMap<number, Seen>;
}

export function verdictOf(peer: Peer): Verdict {
  const { lines, reasons }: Heard = peer.heard();
  const resets = new Map<number, string>();
  const answers = new Map<number, number>();
  let goaway: string | undefined;
  for (const line of lines) {
    const [word, second = "", third = ""] = line.split(" ");
    if (word === "GOAWAY") goaway ??= third;
    else if (word === "RST" && third !== "NO_ERROR") resets.set(Number(second), third);
    else if (second === ":status" && third.startsWith("4")) answers.set(Number(word), Number.parseInt(third, 10));
  }
  return { goaway, reason: reasons[0] ?? "", resets, answers, requests: peer.requests };
}

/** What a client really said, read once more: the heads of its streams, and whether it is in the middle of something. */
export class ClientFrames {
  readonly heads: Map<number, (readonly [string, string])[]> = new Map();
  /** Of this round. */
  frames: { readonly type: number; readonly flags: number; readonly stream: number; readonly payload: Buffer }[] = [];
  readonly done = false;
  readonly #reader = new FrameReader();
  readonly #hpack = new HpackDecoder();
  #block: Buffer[] | undefined;
  #total = 0;
  #read = 0;

  take(bytes: Buffer): void {
    this.frames = [];
    this.#total += bytes.length;
    this.#reader.read(bytes, 0, bytes.length, this);
  }

  /** A frame, or a block, that is not whole yet. */
  get unfinished(): boolean {
    return this.#read < this.#total || this.#block !== undefined;
  }

  tooLong(): void {}

  frame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void {
    this.#read += 9 + to - from;
    this.frames.push({ type, flags, stream, payload: Buffer.from(bytes.subarray(from, to)) });
    if (type === FRAME.headers) {
      const start = from + (flags & FLAG.padded ? 1 : 0) + (flags & FLAG.priority ? 5 : 0);
      const end = flags & FLAG.padded ? to - (bytes[from] ?? 0) : to;
      this.#block = [Buffer.from(bytes.subarray(Math.min(start, to), Math.max(start, end)))];
    } else if (type === FRAME.continuation) this.#block?.push(Buffer.from(bytes.subarray(from, to)));
    if ((type === FRAME.headers || type === FRAME.continuation) && flags & FLAG.endHeaders && this.#block) {
      const block = Buffer.concat(this.#block);
      this.#block = undefined;
      const told = this.heads.get(stream) ?? [];
      this.heads.set(stream, told);
      try {
        this.#hpack.decode(block, 0, block.length, {
          header: ({ field }) => void told.push([field.name, field.value]),
        });
      } catch {} // both ended the connection
    }
  }
}
