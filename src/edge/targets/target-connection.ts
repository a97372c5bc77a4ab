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
