import type { BodyLength, Channel, Flow, Sink } from "#edge/http/body.ts";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import type { Fields, Withheld } from "#edge/http/fields.ts";

/** An exchange whose answers get other fields than they are given, whoever answers: a target, or the load balancer itself. */
export class ShapedExchange implements Exchange {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly version: Exchange["version"];
  readonly fields: Fields;
  readonly withheld: readonly Withheld[];
  readonly bodyLength: BodyLength;
  readonly upgrade: string | undefined;
  readonly expectsContinue: boolean;
  readonly takesTrailers: boolean;
  readonly desync: Exchange["desync"];
  readonly last: boolean;
  readonly client: Client;
  readonly arrivedAt: number;
  readonly #inner: Exchange;
  readonly #shape: (fields: Fields) => Fields;

  constructor(inner: Exchange, shape: (fields: Fields) => Fields) {
    this.method = inner.method;
    this.target = inner.target;
    this.host = inner.host;
    this.version = inner.version;
    this.fields = inner.fields;
    this.withheld = inner.withheld ?? [];
    this.bodyLength = inner.bodyLength;
    this.upgrade = inner.upgrade;
    this.expectsContinue = inner.expectsContinue;
    this.takesTrailers = inner.takesTrailers;
    this.desync = inner.desync;
    this.last = inner.last ?? false;
    this.client = inner.client;
    this.arrivedAt = inner.arrivedAt;
    this.#inner = inner;
    this.#shape = shape;
  }

  get received(): number {
    return this.#inner.received;
  }

  get sent(): number {
    return this.#inner.sent;
  }

  readBody(into: Sink): Flow {
    return this.#inner.readBody(into);
  }

  inform(status: number, fields: Fields): void {
    this.#inner.inform(status, fields);
  }

  respond(status: number, reason: string | undefined, fields: Fields, length: BodyLength): Sink {
    return this.#inner.respond(status, reason, this.#shape(fields), length);
  }

  switchProtocols(fields: Fields): Channel {
    return this.#inner.switchProtocols(this.#shape(fields));
  }

  abort(): void {
    this.#inner.abort();
  }

  onEnd(act: (whole: boolean) => void): void {
    this.#inner.onEnd(act);
  }
}
