import type { BodyLength, Channel, Flow, Sink } from "#edge/http/body.ts";
import type { Classification } from "#edge/http/desync.ts";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import type { Fields, Withheld } from "#edge/http/fields.ts";
import { ERROR } from "./frame.ts";
import type { Head } from "./head.ts";
import { blockBound } from "./hpack-encoder.ts";
import { Incoming } from "./incoming.ts";
import type { Judgement } from "./judgement.ts";
import type { Request } from "./request.ts";
import type { ServerSession } from "./server-session.ts";
import { type Outcome, Stream } from "./stream.ts";

/** A request that came on a stream, and the answer that goes on it. */
export class ServerStream extends Stream implements Exchange {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly version = "2";
  readonly fields: Fields;
  readonly withheld: readonly Withheld[];
  readonly bodyLength: BodyLength;
  readonly upgrade: undefined;
  readonly expectsContinue: boolean;
  readonly takesTrailers: boolean;
  readonly desync: Classification;
  readonly last: boolean;
  readonly client: Client;
  readonly arrivedAt: number;
  override readonly incoming: Incoming;
  #answered = false;
  #informed = false;
  #whole: boolean | undefined;
  #onEnd: ((whole: boolean) => void)[] = NOBODY;

  constructor(
    id: number,
    session: ServerSession,
    request: Request,
    head: Head,
    { desync, verdict }: Judgement,
    ends: boolean,
    size: number,
  ) {
    super(id, session);
    this.desync = desync;
    this.last = verdict === "close";
    this.method = request.method;
    this.target = request.target;
    this.host = request.host;
    this.fields = head.fields;
    this.withheld = head.withheld;
    this.bodyLength = ends ? 0 : head.contentLength < 0 ? "unknown" : head.contentLength;
    this.expectsContinue = head.expectsContinue && !ends;
    this.takesTrailers = head.takesTrailers;
    this.client = session.client;
    this.arrivedAt = session.now;
    this.received = size;
    this.incoming = new Incoming(this, head.contentLength < 0 ? undefined : head.contentLength);
  }

  readBody(into: Sink): Flow {
    if (this.expectsContinue && !this.#informed) this.inform(100, []);
    this.incoming.deliver(into);
    return this.incoming;
  }

  inform(status: number, fields: Fields): void {
    if (this.#answered || this.closed) return;
    this.#informed = true;
    this.#sendHead(status, fields, undefined, false);
  }

  respond(status: number, _reason: string | undefined, fields: Fields, length: BodyLength): Sink {
    const { outgoing } = this;
    if (this.#answered || this.closed) return outgoing;
    this.#answered = true;
    const bodiless = this.method === "HEAD" || status === 204 || status === 304;
    const ends = bodiless || length === 0;
    const said = length === "unknown" || status === 204 || (status === 304 && length === 0) ? undefined : length;
    this.#sendHead(status, fields, said, ends);
    if (ends) outgoing.finished();
    else if (length !== "unknown") outgoing.owe(length);
    return outgoing;
  }

  switchProtocols(): Channel {
    throw new Error("HTTP/2 switches no protocol"); // `upgrade` is never asked for
  }

  override abort(): void {
    this.giveUp(ERROR.internal, "broken", "given up");
  }

  onEnd(act: (whole: boolean) => void): void {
    if (this.#whole !== undefined) return act(this.#whole);
    if (this.#onEnd === NOBODY) this.#onEnd = [act];
    else this.#onEnd.push(act);
  }

  override head(): void {
    this.reset(ERROR.protocol, "a second head");
  }

  /** What of the request is still under way is not wanted any more (RFC 9113 section 8.1). */
  override sentAll(): void {
    if (this.heardAll) this.settle();
    else this.giveUp(ERROR.none, "whole", "answered before it was heard");
  }

  protected override over(outcome: Outcome): void {
    const whole = outcome === "whole";
    this.#whole = whole;
    for (const act of this.#onEnd) act(whole);
  }

  #sendHead(status: number, fields: Fields, length: number | undefined, ends: boolean): void {
    const { session } = this;
    session.beginHead(blockBound(fields) + LENGTH_FIELD);
    const { encoder } = session;
    encoder.status(status);
    for (const { key, value } of fields) if (key !== "content-length") encoder.header(key, value);
    if (length !== undefined) encoder.header("content-length", String(length));
    session.endHead(this, ends);
  }
}

const NOBODY: ((whole: boolean) => void)[] = [];
const LENGTH_FIELD = 48;
