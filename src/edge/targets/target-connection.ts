import type { Socket } from "node:net";
import type { BodyLength, Channel, Sink } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";

/** A request as it goes to a target: framing is the connection's own to add. */
export interface TargetRequest {
  readonly method: string;
  readonly path: string;
  /** What goes into `Host` or `:authority`. */
  readonly host: string;
  readonly scheme: "http" | "https";
  readonly fields: Fields;
  readonly bodyLength: BodyLength;
  /** Ask for a switch to this protocol; HTTP/1.1 only. */
  readonly upgrade: string | undefined;
  /** Say `te: trailers`. */
  readonly wantsTrailers: boolean;
  /** Nothing may follow it on the connection (`Exchange.last`). HTTP/2 frames cannot be mistaken, and may. */
  readonly last?: boolean;
}

/** Who hears what a target answers. After `failed`, or the end of the sink that `answered` gave, nothing more is heard. */
export interface TargetAnswer {
  /** 1xx, not 101. */
  informed(status: number, fields: Fields): void;
  /** The final answer's head, connection-only fields left out; its body goes into the sink, which is aborted when the target breaks it off. */
  answered(status: number, reason: string | undefined, fields: Fields, length: BodyLength): Sink;
  /** 101, where it was asked for. */
  switched(fields: Fields, channel: Channel): void;
  /** There will be no answer. */
  failed(failure: TargetFailure): void;
}

export interface TargetFailure {
  /**
   * `unsent`: not a byte of an answer came on a connection that was used before, so that the target may have closed it
   * just as we used it; `broken`: the connection ended; `malformed`: it was no HTTP; `refused-stream`: the target has not
   * looked at the request (RFC 9113 section 8.7).
   */
  readonly kind: "unsent" | "broken" | "malformed" | "refused-stream";
  readonly error: Error;
}

/** A request under way: the sink for its body, and the way to give it up. */
export interface TargetExchange {
  readonly body: Sink;
  /** Nobody waits for the answer any more. Nothing is heard after it. */
  cancel(): void;
}

/** A connection to a target, ready for requests: one at a time in HTTP/1.1, many at once in HTTP/2. */
export interface TargetConnection {
  /** How many more requests it takes now; 0 for good once it is closing. */
  readonly room: number;
  readonly open: boolean;
  send(request: TargetRequest, answer: TargetAnswer): TargetExchange;
  /** Told whenever `room` or `open` changes. */
  onChange(act: () => void): void;
  destroy(): void;
}

/** A connected socket to a target, encrypted where its group wants that. Its bytes come in one buffer that all sockets share. */
export interface TargetSocket {
  /** To write on, cork, pause, resume, end and destroy. It has no other reader: `data` and `readable` never come. */
  readonly socket: Socket;
  /** Names who hears it, at once: nothing is kept. */
  hear(hearer: TargetSocketHearer): void;
}

export interface TargetSocketHearer {
  /** The first `length` bytes of `buffer`, which are overwritten when this returns. */
  received(buffer: Buffer, length: number): void;
  /** The target says no more (FIN); our side ends by itself. */
  ended(): void;
  /** There is room again after a `write` that answered false. */
  drained(): void;
  /** It is gone, by whomever: always the last thing heard, and heard once. */
  closed(error: Error | undefined): void;
}

/** Speaks HTTP/1.1 (`http1Target`, src/edge/http1) or HTTP/2 on a socket that was just connected. Never throws. */
export type OpenTargetConnection = (socket: TargetSocket) => TargetConnection;
