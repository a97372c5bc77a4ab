import { errorName, FLAG, FRAME, PREFACE } from "#edge/http2/frame.ts";
import { FrameReader } from "#edge/http2/frame-reader.ts";
import { HpackDecoder } from "#edge/http2/hpack-decoder.ts";

/** Frames as RFC 9113 draws them, right or wrong. */
export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ""): Buffer {
  const body = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

export type Pairs = readonly (readonly [name: string, value: string])[];

/** A header block of literals that no table keeps. */
export function block(headers: Pairs): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]));
}

function literal(text: string): Buffer {
  const { length } = text;
  const head = length < 127 ? [length] : [127, ((length - 127) & 127) | 128, ...tail((length - 127) >> 7)];
  return Buffer.concat([Buffer.from(head), Buffer.from(text, "latin1")]);
}

function tail(rest: number): number[] {
  return rest < 128 ? [rest] : [(rest & 127) | 128, ...tail(rest >> 7)];
}

export const GET: Pairs = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
  [":authority", "a.test"],
];
export const POST: Pairs = [[":method", "POST"], ...GET.slice(1)];

export function headers(stream: number, fields: Pairs, flags: number = FLAG.endHeaders | FLAG.endStream): Buffer {
  return frame(FRAME.headers, flags, stream, block(fields));
}

/** A request whose body follows. */
export function open(stream: number, fields: Pairs = POST): Buffer {
  return headers(stream, fields, FLAG.endHeaders);
}

export function data(stream: number, payload: Buffer | string, flags = 0): Buffer {
  return frame(FRAME.data, flags, stream, payload);
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [i, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value, i * 6 + 2);
  }
  return frame(FRAME.settings, 0, 0, payload);
}

export function word(type: number, stream: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return frame(type, 0, stream, payload);
}

export const ACK: Buffer = frame(FRAME.settings, FLAG.ack, 0);
export const GREETING: Buffer = Buffer.concat([PREFACE, settings(), ACK]);

/** What a peer said, one line for each frame: `1 :status 200`, `1 DATA 5 end`, `RST 1 PROTOCOL_ERROR`, `GOAWAY 0 NO_ERROR`. */
export class Heard {
  readonly lines: string[] = [];
  /** What GOAWAYs said beside their codes. */
  readonly reasons: string[] = [];
  readonly bodies: Map<number, Buffer[]> = new Map();
  closed = false;
  readonly done = false;
  readonly #reader = new FrameReader();
  readonly #hpack = new HpackDecoder();
  #waiting: (() => void)[] = [];

  take(bytes: Buffer): void {
    this.#reader.read(bytes, 0, bytes.length, this);
    this.#wake();
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }

  /** Resolves when `found` holds, or the connection ended. */
  async until(found: () => boolean): Promise<void> {
    while (!found() && !this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  body(stream: number): string {
    return Buffer.concat(this.bodies.get(stream) ?? []).toString("latin1");
  }

  tooLong(): void {
    this.lines.push("TOO LONG");
  }

  frame(type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void {
    const end = flags & FLAG.endStream ? " end" : "";
    switch (type) {
      case FRAME.data:
        this.bodies.set(stream, [...(this.bodies.get(stream) ?? []), Buffer.from(bytes.subarray(from, to))]);
        this.lines.push(`${stream} DATA ${to - from}${end}`);
        return;
      case FRAME.headers: {
        const told: string[] = [];
        this.#hpack.decode(bytes, from, to, { header: ({ field }) => told.push(`${field.name} ${field.value}`) });
        this.lines.push(`${stream} ${told.join(", ")}${end}`);
        return;
      }
      case FRAME.rstStream:
        this.lines.push(`RST ${stream} ${errorName(bytes.readUInt32BE(from))}`);
        return;
      case FRAME.goaway: {
        const last = bytes.readUInt32BE(from);
        this.reasons.push(bytes.toString("latin1", from + 8, to));
        this.lines.push(
          `GOAWAY ${last === 2 ** 31 - 1 && bytes.readUInt32BE(from + 4) === 0 ? "soon" : last} ${errorName(bytes.readUInt32BE(from + 4))}`,
        );
        return;
      }
      case FRAME.settings:
        this.lines.push(flags & FLAG.ack ? "SETTINGS ACK" : "SETTINGS");
        return;
      case FRAME.ping:
        this.lines.push(`PING${flags & FLAG.ack ? " ACK" : ""} ${bytes.toString("latin1", from, to)}`);
        return;
      case FRAME.windowUpdate:
        this.lines.push(`WINDOW ${stream} ${bytes.readUInt32BE(from)}`);
        return;
      default:
        this.lines.push(`frame ${type}`);
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) act();
  }
}
