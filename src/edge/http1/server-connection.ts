import type { Socket } from "node:net";
import { type Channel, type Flow, NOWHERE, type Sink } from "#edge/http/body.ts";
import {
  type ConnectionDeps,
  type ConnectionSettings,
  type HttpConnection,
  type HttpHandler,
  type ServeHttp,
} from "#edge/http/connection.ts";
import type { Client } from "#edge/http/exchange.ts";
import type { Fields } from "#edge/http/fields.ts";
import { lastWords } from "#edge/http/own-answers.ts";
import type { Millis } from "#lib/duration.ts";
import { BodyReader } from "./body-reader.ts";
import { BodyWriter } from "./body-writer.ts";
import { Delivery } from "./delivery.ts";
import { Incoming } from "./incoming.ts";
import { during, enter, leave, Output } from "./output.ts";
import { type Refused, RequestReader } from "./request-reader.ts";
import { ServerExchange, type ServerSide } from "./server-exchange.ts";
import { deadline, endMeans, holdsBack, type Phase, type Times } from "./server-phase.ts";
import { Tunnel } from "./tunnel.ts";
import { Watch, type Watched } from "./watch.ts";

/** Serves HTTP/1.1 and HTTP/1.0 on a connection: one exchange at a time, in the order that they are asked for. */
export const serveHttp1: ServeHttp = (socket, client, settings, handler, deps) =>
  new ServerConnection(socket, client, settings, handler, deps);

class ServerConnection implements HttpConnection, ServerSide, Watched {
  readonly output: Output;
  readonly writer: BodyWriter;
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #settings: () => ConnectionSettings;
  readonly #handler: HttpHandler;
  readonly #deps: ConnectionDeps;
  readonly #incoming = new Incoming();
  readonly #reader = new RequestReader();
  readonly #body = new BodyReader("request");
  readonly #times: Times;
  readonly #watch: Watch;
  #phase: Phase = "head";
  #exchange: ServerExchange | undefined;
  /** The body's way. `undefined` while nobody wants it. */
  #delivery: Delivery | undefined;
  #tunnel: Tunnel | undefined;
  /** Nothing is to be answered behind the answer under way. */
  #last = false;
  #draining = false;
  /** The client says no more. */
  #ended = false;
  /** How much of what nobody wants is still read. */
  #patience = MOST_DROPPED;
  #headSize = 0;
  #writtenBefore = 0;
  #pumping = false;
  #paused = false;

  constructor(
    socket: Socket,
    client: Client,
    settings: () => ConnectionSettings,
    handler: HttpHandler,
    deps: ConnectionDeps,
  ) {
    this.#socket = socket;
    this.#client = client;
    this.#settings = settings;
    this.#handler = handler;
    this.#deps = deps;
    this.output = new Output(socket);
    this.writer = new BodyWriter(this.output);
    const opened = this.#now();
    this.#times = { opened, heard: opened, headBegan: opened, closing: opened };
    this.#watch = new Watch(this, deps.timers);
    socket.on("data", this.#received);
    socket.on("drain", this.#drained);
    socket.on("end", this.#saidNoMore);
    socket.on("error", this.#gone);
    socket.on("close", this.#gone);
    if (socket.destroyed) this.#phase = "closed";
    else this.#watch.look();
  }

  drain(patience: Millis = 0): void {
    this.#draining = true;
    const end = (): void => {
      if (this.#phase === "head" && !this.#isAsking) this.#sayGoodbye();
    };
    const left = this.#times.heard + patience - this.#now();
    if (left > 0) this.#deps.timers.after(left, end);
    else end();
  }

  destroy(): void {
    this.#gone();
  }

  decideStay(endsWithConnection: boolean): boolean {
    const exchange = this.#exchange;
    const { head } = this.#reader;
    const stays =
      exchange !== undefined &&
      !endsWithConnection &&
      "keepAlive" in head &&
      head.keepAlive &&
      !head.last &&
      !this.#draining &&
      !this.#ended &&
      this.#times.heard - this.#times.opened < this.#settings().life &&
      // A client that waits for 100 may send the body or not: nobody could tell.
      !(exchange.expectsContinue && !exchange.continued && this.#phase === "body");
    this.#last = !stays;
    return stays;
  }

  deliver(into: Sink): Flow {
    if (this.#phase !== "body" || this.#delivery) return new Delivery(into, () => {});
    const delivery = new Delivery(into, this.#go);
    this.#delivery = delivery;
    if (!this.#pumping) process.nextTick(this.#go);
    return delivery;
  }

  tunnel(): Channel {
    this.#phase = "tunnel";
    const tunnel = new Tunnel({
      output: this.output,
      go: this.#go,
      end: () => {
        this.output.flush();
        this.#socket.end();
        if (this.#ended) this.#finishTunnel();
      },
      destroy: () => this.#gone(),
    });
    this.#tunnel = tunnel;
    return tunnel;
  }

  answered(whole: boolean): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    if (!whole) return this.#gone();
    this.output.flush();
    const unread = this.#phase === "body";
    const reader = this.#delivery?.into;
    this.#exchange = undefined;
    this.#reader.forget();
    this.#times.heard = this.#now();
    this.#times.headBegan = this.#times.heard;
    if (this.#last || this.#draining || this.#ended || (unread && this.#body.left > MOST_DROPPED)) this.#sayGoodbye();
    else if (unread) {
      // The rest of the body is not wanted any more; only if there is not much of it, the connection stays.
      this.#patience = MOST_DROPPED;
      this.#delivery = new Delivery(NOWHERE, this.#go);
    } else this.#phase = "head";
    exchange.finish(true);
    if (unread) reader?.abort();
    const idle = this.#incoming.waiting === 0 && !this.#paused && !this.#ended;
    if (!idle && !this.#pumping) process.nextTick(this.#go);
  }

  readonly #received = (chunk: Buffer): void => {
    enter();
    try {
      if (this.#phase === "closed" || this.#phase === "closing") return;
      this.#times.heard = this.#now();
      if (this.#incoming.waiting === 0 && this.#phase === "head" && !this.#reader.begun)
        this.#times.headBegan = this.#times.heard;
      this.#incoming.add(chunk, chunk.length);
      this.#pump();
    } finally {
      leave();
    }
  };

  readonly #drained = (): void =>
    during(() => {
      this.#times.heard = this.#now();
      if (this.#tunnel) this.#tunnel.drain();
      else this.#exchange?.drain();
      this.#pump();
    });

  readonly #saidNoMore = (): void => {
    this.#ended = true;
    this.#go();
  };

  readonly #go = (): void => during(() => this.#pump());

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#step());
    } finally {
      this.#pumping = false;
    }
    if (this.#incoming.waiting === 0) this.#incoming.clear();
    if (this.#ended) this.#settleEnd();
    this.#regulate();
  }

  /** Reads the next part of what came. False when there is nothing to do. */
  #step(): boolean {
    const incoming = this.#incoming;
    switch (this.#phase) {
      case "head":
        // A client that does not take its answers gets no more of them.
        return incoming.waiting > 0 && !this.output.full && this.#readHead();
      case "body":
        return this.#delivery !== undefined && this.#readBody(this.#delivery);
      case "tunnel": {
        const delivery = this.#tunnel?.delivery;
        if (!delivery?.open || incoming.waiting === 0) return false;
        if (this.#exchange) this.#exchange.received += incoming.waiting;
        delivery.give(incoming.take(incoming.waiting));
        return true;
      }
      default:
        return false;
    }
  }

  #readHead(): boolean {
    const incoming = this.#incoming;
    const reader = this.#reader;
    const from = incoming.at;
    const progress = reader.read(incoming.bytes, from, incoming.to, this.#settings().desync);
    const { head } = reader;
    if (progress === "fault" && "status" in head) {
      this.#refuse(head);
      return false;
    }
    this.#headSize += reader.at - from;
    incoming.at = reader.at;
    if (progress === "more" || "status" in head) return false;
    const exchange = new ServerExchange(head, this.#client, this.#times.heard, this.#headSize, this);
    this.#headSize = 0;
    this.#exchange = exchange;
    this.#delivery = undefined;
    if (head.bodyLength === 0) this.#phase = "answer";
    else {
      this.#phase = "body";
      if (head.bodyLength === "unknown") this.#body.begin("chunked", 0);
      else this.#body.begin("length", head.bodyLength);
    }
    this.#handler.request(exchange);
    return true;
  }

  #readBody(delivery: Delivery): boolean {
    if (!delivery.open && !this.#body.complete) return false;
    const before = this.#incoming.waiting;
    const step = this.#body.next(this.#incoming);
    const taken = before - this.#incoming.waiting;
    if (this.#exchange === undefined) this.#patience -= taken;
    else if (taken > 0) {
      this.#exchange.received += taken;
      this.#exchange.continued = true;
    }
    switch (step) {
      case "piece":
        delivery.give(this.#body.piece);
        break;
      case "end":
        this.#endBody(delivery, this.#body.trailers);
        return true;
      case "fault":
        this.#giveUp(400);
        return false;
      case "more":
        break;
    }
    if (this.#exchange === undefined && this.#patience < 0) this.#sayGoodbye();
    return step === "piece";
  }

  /** The request is whole. */
  #endBody(delivery: Delivery, trailers: Fields | undefined): void {
    if (this.#phase !== "body") return;
    this.#delivery = undefined;
    this.#phase = this.#exchange ? "answer" : "head";
    delivery.into.end(trailers);
  }

  /** Answers what is no request. */
  #refuse({ status, desync }: Refused): void {
    const before = this.output.written;
    this.output.text(lastWords(status));
    const { line } = this.#reader;
    const received = this.#headSize + this.#incoming.waiting;
    const sent = this.output.written - before;
    this.#sayGoodbye();
    this.#handler.refused({ client: this.#client, status, desync, line, received, sent });
  }

  /** Ends an exchange whose request will never be whole. */
  #giveUp(status: number): void {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.begun) return this.#gone();
    const into = this.#delivery?.into;
    exchange.begun = true;
    this.output.text(lastWords(status));
    this.#exchange = undefined;
    this.#sayGoodbye();
    exchange.finish(false);
    into?.abort();
  }

  /** Says no more, but reads on for a while: a client that still sends would lose our last words to a reset. */
  #sayGoodbye(): void {
    if (this.#phase === "closing" || this.#phase === "closed") return;
    this.output.flush();
    this.#phase = "closing";
    this.#delivery = undefined;
    this.#incoming.clear();
    this.#socket.end();
    this.#times.closing = this.#now();
    this.#watch.look();
    this.#regulate();
  }

  #settleEnd(): void {
    switch (endMeans(this.#phase, this.#incoming.waiting > 0, this.#socket.allowHalfOpen)) {
      case "goodbye":
        return this.#sayGoodbye();
      case "gone":
        return this.#gone();
      case "tunnel-ended":
        this.#tunnel?.ended();
        if (this.#socket.writableEnded) this.#finishTunnel();
        return;
      case undefined:
        return;
    }
  }

  /** Both sides of the tunnel have said all. */
  #finishTunnel(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#sayGoodbye();
    exchange?.finish(true);
  }

  readonly #gone = (): void => {
    if (this.#phase === "closed") return;
    const tunnel = this.#phase === "tunnel" ? this.#tunnel : undefined;
    const into = this.#delivery?.into;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#phase = "closed";
    this.#delivery = undefined;
    this.#incoming.clear();
    this.#watch.stop();
    // Only a reset tells the client that a body is not whole which ends with the connection.
    if (exchange?.begun && this.writer.endsWithConnection && !this.output.encrypted) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    exchange?.finish(false);
    into?.abort();
    tunnel?.closed();
  };

  #regulate(): void {
    const taker = this.#phase === "tunnel" ? this.#tunnel?.delivery : this.#delivery;
    const waits = holdsBack(this.#phase, this.#incoming.waiting > 0, taker?.open, this.output.full);
    if (waits === this.#paused) return;
    this.#paused = waits;
    if (waits) this.#socket.pause();
    else this.#socket.resume();
  }

  timeLeft(): Millis {
    const now = this.#now();
    if (this.output.written !== this.#writtenBefore && this.#phase !== "closing") this.#times.heard = now;
    this.#writtenBefore = this.output.written;
    const owesReading = this.#socket.writableLength > 0;
    const standing = { begun: this.#isAsking, paused: this.#paused, owesReading };
    return deadline(this.#phase, this.#times, standing, this.#settings()) - now;
  }

  tooLate(): void {
    during(() => {
      if (this.#phase === "body") this.#giveUp(408);
      else if (this.#phase !== "head") this.#gone();
      else if (this.#isAsking) {
        this.#refuse(this.#reader.abandon(this.#incoming.bytes, this.#incoming.at, this.#incoming.to));
      } else this.#sayGoodbye();
    });
  }

  /** Whether some of a head has come. */
  get #isAsking(): boolean {
    return this.#reader.begun || this.#incoming.waiting > 0;
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}

const MOST_DROPPED = 256 * 1024;
