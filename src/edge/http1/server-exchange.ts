import { type BodyLength, type Channel, type Flow, NOWHERE, type Sink } from "#edge/http/body.ts";
import type { Classification } from "#edge/http/desync.ts";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import type { Fields, Withheld } from "#edge/http/fields.ts";
import type { BodyWriter } from "./body-writer.ts";
import { fieldLines, statusLine } from "./head-writer.ts";
import type { Output } from "./output.ts";
import type { RequestHead } from "./request-reader.ts";

/** What an exchange needs of the connection that it goes on on. */
export interface ServerSide {
  readonly output: Output;
  readonly writer: BodyWriter;
  /** Decides whether the connection is used again when this exchange is over, if the answer does not end with it. */
  decideStay(endsWithConnection: boolean): boolean;
  /** Delivers the body of the request under way. */
  deliver(into: Sink): Flow;
  /** The answer is over; whether it is whole. */
  answered(whole: boolean): void;
  /** Makes a tunnel of the connection. */
  tunnel(): Channel;
  destroy(): void;
}

/** A request of HTTP/1.1, and the sink of its answer's body. */
export class ServerExchange implements Exchange, Sink {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly version: "1.0" | "1.1";
  readonly fields: Fields;
  readonly withheld: readonly Withheld[];
  readonly bodyLength: BodyLength;
  readonly upgrade: string | undefined;
  readonly expectsContinue: boolean;
  readonly takesTrailers: boolean;
  readonly desync: Classification;
  readonly last: boolean;
  readonly client: Client;
  readonly arrivedAt: number;
  received: number;
  /** Whether an answer has begun, or will never. */
  begun = false;
  /** A body that is announced may be sent: 100 was said, or it is there already. */
  continued = false;
  readonly #side: ServerSide;
  readonly #sentBefore: number;
  #sent: number | undefined;
  #over = false;
  #drained: (() => void) | undefined;
  #acts: ((whole: boolean) => void)[] = [];

  constructor(head: RequestHead, client: Client, arrivedAt: number, received: number, side: ServerSide) {
    this.method = head.method;
    this.target = head.target;
    this.host = head.host;
    this.version = head.version;
    this.fields = head.fields;
    this.withheld = head.withheld;
    this.bodyLength = head.bodyLength;
    this.upgrade = head.upgrade;
    this.expectsContinue = head.expectsContinue;
    this.takesTrailers = head.takesTrailers;
    this.desync = head.desync;
    this.last = head.last;
    this.client = client;
    this.arrivedAt = arrivedAt;
    this.received = received;
    this.#side = side;
    this.#sentBefore = side.output.written;
  }

  get sent(): number {
    return this.#sent ?? this.#side.output.written - this.#sentBefore;
  }

  readBody(into: Sink): Flow {
    if (this.#over) {
      into.abort();
      return NO_FLOW;
    }
    if (this.bodyLength === 0) {
      into.end();
      return NO_FLOW;
    }
    if (this.expectsContinue && !this.begun) this.inform(100, []);
    return this.#side.deliver(into);
  }

  inform(status: number, fields: Fields): void {
    if (this.begun || this.version === "1.0" || status < 100 || status > 199 || status === 101) return;
    if (status === 100) {
      if (this.continued) return;
      this.continued = true;
    }
    this.#side.output.text(`${statusLine(status, undefined)}${fieldLines(fields)}\r\n`);
  }

  respond(status: number, reason: string | undefined, fields: Fields, length: BodyLength): Sink {
    if (this.begun) return NOWHERE;
    this.begun = true;
    const { output, writer } = this.#side;
    const empty = status === 204 || status === 304;
    const bodyless = empty || this.method === "HEAD";
    const endsWithConnection = length === "unknown" && this.version === "1.0" && !bodyless;
    const stays = this.#side.decideStay(endsWithConnection);
    let head = statusLine(status, reason) + fieldLines(fields);
    if (!empty && length !== "unknown") head += `Content-Length: ${length}\r\n`;
    else if (!bodyless && !endsWithConnection) head += "Transfer-Encoding: chunked\r\n";
    output.text(head + (stays ? STAYS : CLOSES));
    if (bodyless) writer.begin("none", 0);
    else if (length !== "unknown") writer.begin("length", length);
    else writer.begin(endsWithConnection ? "close" : "chunked", length);
    return this;
  }

  switchProtocols(fields: Fields): Channel {
    if (this.begun || this.upgrade === undefined) return NO_CHANNEL;
    this.begun = true;
    const head = `${statusLine(101, undefined)}${fieldLines(fields)}Connection: Upgrade\r\nUpgrade: ${this.upgrade}\r\n\r\n`;
    this.#side.output.text(head);
    return this.#side.tunnel();
  }

  write(piece: Uint8Array): boolean {
    if (this.#over) return true;
    this.#side.writer.write(piece);
    return !this.#side.output.full;
  }

  end(trailers?: Fields): void {
    if (this.#over) return;
    this.#side.answered(this.#side.writer.end(this.takesTrailers ? trailers : undefined));
  }

  abort(): void {
    if (!this.#over) this.#side.destroy();
  }

  drained(act: () => void): void {
    this.#drained = act;
  }

  onEnd(act: (whole: boolean) => void): void {
    this.#acts.push(act);
  }

  /** There is room again for what is written. */
  drain(): void {
    const act = this.#drained;
    this.#drained = undefined;
    act?.();
  }

  /** The exchange is over. */
  finish(whole: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.begun = true;
    this.#sent = this.sent;
    const acts = this.#acts;
    this.#acts = [];
    for (const act of acts) act(whole);
    // Whoever still waits for room goes on, into nothing.
    this.drain();
  }
}

const STAYS = "Connection: keep-alive\r\n\r\n";
const CLOSES = "Connection: close\r\n\r\n";
const NO_FLOW: Flow = { pause: () => {}, resume: () => {} };
const NO_CHANNEL: Channel = { ...NOWHERE, ...NO_FLOW, receive: (into) => into.abort() };
