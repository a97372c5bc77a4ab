import type { Fields } from "#edge/http/fields.ts";
import { ERROR, type ErrorCode, errorName } from "./frame.ts";
import type { Head } from "./head.ts";
import type { Incoming } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import type { Session } from "./session.ts";

/**
 * What became of a stream: `malformed` is the peer's fault, `refused` was not looked at by the peer (RFC 9113 section 8.7),
 * `lost` went down with its connection.
 */
export type Outcome = "whole" | "malformed" | "refused" | "broken" | "lost";

/** One stream of a connection (RFC 9113 section 5.1), from its first HEADERS to its end. */
export abstract class Stream {
  readonly id: number;
  readonly session: Session;
  readonly outgoing: Outgoing;
  /** Undefined before the peer's first head. */
  incoming: Incoming | undefined;
  /** Nothing more comes from the peer: half-closed (remote). */
  heardAll = false;
  /** Over in both directions, or reset. */
  closed = false;
  /** Bytes of heads and bodies so far. */
  received = 0;
  sent = 0;
  /** When a head or body last moved, in milliseconds. */
  movedAt: number;

  constructor(id: number, session: Session) {
    this.id = id;
    this.session = session;
    this.outgoing = new Outgoing(this, session.peerWindow);
    this.movedAt = session.now;
  }

  /** A head of the peer's, as long as there is no `incoming`. */
  abstract head(head: Head, ends: boolean): void;
  /** Our side gives up: nobody takes what was sent so far for a whole message. */
  abstract abort(): void;
  /** It is over: told once, last of all. */
  protected abstract over(outcome: Outcome, reason: string): void;

  /** Ends it because of what the peer did (section 5.4.2). */
  reset(code: ErrorCode, reason: string): void {
    if (this.closed) return;
    this.session.misbehaved();
    this.giveUp(code, "malformed", reason);
  }

  /** Ends it because we want so. */
  giveUp(code: ErrorCode, outcome: Outcome, reason: string): void {
    if (this.closed) return;
    this.session.rstStream(this.id, code);
    this.session.forget(this, "reset-by-us");
    this.#close(outcome, reason);
  }

  /** The peer ended it. */
  wasReset(code: number): void {
    this.session.forget(this, "reset-by-peer");
    this.#close(code === ERROR.refusedStream ? "refused" : "broken", `RST_STREAM with ${errorName(code)}`);
  }

  /** The connection is gone, or never took it. */
  leave(outcome: Outcome, reason: string): void {
    if (!this.closed) this.#close(outcome, reason);
  }

  /** The peer has said all. */
  heard(trailers: Fields | undefined): void {
    this.heardAll = true;
    this.incoming?.end(trailers);
    if (this.outgoing.done) this.settle();
  }

  /** We have said all. */
  sentAll(): void {
    if (this.heardAll) this.settle();
  }

  protected settle(): void {
    if (this.closed) return;
    this.session.forget(this, "whole");
    this.#close("whole", "");
  }

  #close(outcome: Outcome, reason: string): void {
    this.closed = true;
    this.outgoing.close();
    this.incoming?.close();
    this.over(outcome, reason);
  }
}
