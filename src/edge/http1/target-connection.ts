import type { Fields } from "#edge/http/fields.ts";
import type {
  OpenTargetConnection,
  TargetAnswer,
  TargetConnection,
  TargetExchange,
  TargetRequest,
  TargetSocket,
  TargetSocketHearer,
} from "#edge/targets/target-connection.ts";
import { BodyReader } from "./body-reader.ts";
import { BodyWriter } from "./body-writer.ts";
import { Delivery } from "./delivery.ts";
import { isMethod } from "./head-writer.ts";
import { Incoming } from "./incoming.ts";
import { during, enter, leave, Output } from "./output.ts";
import { type ResponseHead, ResponseReader } from "./response-reader.ts";
import { framingOf, headOf, RequestUnderWay, type TargetSide } from "./target-exchange.ts";
import { Tunnel } from "./tunnel.ts";

/** Speaks HTTP/1.1 with a target: one request at a time, and only what leaves no doubt where it ends. */
export const http1Target: OpenTargetConnection = (socket) => new Http1Target(socket);

/** `idle`, or what of an answer comes next. */
type Phase = "idle" | "head" | "body" | "tunnel" | "closed";

class Http1Target implements TargetConnection, TargetSocketHearer, TargetSide {
  readonly output: Output;
  readonly writer: BodyWriter;
  readonly #socket: TargetSocket["socket"];
  readonly #incoming = new Incoming();
  readonly #reader = new ResponseReader();
  readonly #body = new BodyReader("response");
  #phase: Phase = "idle";
  #exchange: RequestUnderWay | undefined;
  #delivery: Delivery | undefined;
  #tunnel: Tunnel | undefined;
  #keepAlive = true;
  #used = false;
  #ended = false;
  #heard = false;
  #interims = 0;
  #changed: () => void = () => {};
  #pumping = false;
  #paused = false;

  constructor(target: TargetSocket) {
    this.#socket = target.socket;
    this.output = new Output(target.socket);
    this.writer = new BodyWriter(this.output);
    target.hear(this);
  }

  get room(): number {
    return this.#phase === "idle" && this.#socket.writable ? 1 : 0;
  }

  get open(): boolean {
    return this.#phase !== "closed";
  }

  onChange(act: () => void): void {
    this.#changed = act;
  }

  send(request: TargetRequest, answer: TargetAnswer): TargetExchange {
    const exchange = new RequestUnderWay(this, request, answer);
    if (this.room === 0 || !isMethod(request.method)) {
      const kind = this.room === 0 ? "unsent" : "malformed";
      process.nextTick(() => exchange.fail(kind, new Error("this request cannot be sent on this connection")));
      return exchange;
    }
    this.#exchange = exchange;
    this.#phase = "head";
    this.#heard = false;
    this.#interims = 0;
    this.#keepAlive = request.last !== true;
    this.output.text(headOf(request));
    this.writer.begin(framingOf(request), request.bodyLength);
    if (request.bodyLength === 0) {
      exchange.sent = true;
      this.output.flush();
    }
    return exchange;
  }

  destroy(): void {
    this.#close(new Error("the connection was given up"));
  }

  received(buffer: Buffer, length: number): void {
    enter();
    try {
      if (this.#phase === "closed") return;
      if (this.#phase === "idle") return this.#close(new Error("the target spoke unasked"));
      this.#heard = true;
      this.#incoming.add(buffer, length);
      this.#pump();
      this.#incoming.save();
    } finally {
      leave();
    }
  }

  ended(): void {
    this.#ended = true;
    this.#keepAlive = false;
    this.#go();
  }

  drained(): void {
    during(() => {
      if (this.#tunnel) this.#tunnel.drain();
      else this.#exchange?.drain();
    });
  }

  closed(error: Error | undefined): void {
    // What came before a proper end is still to be taken.
    if (error === undefined && this.#ended && this.#incoming.waiting > 0) return;
    during(() => this.#close(error));
  }

  requestSent(exchange: RequestUnderWay): void {
    this.output.flush();
    exchange.sent = true;
  }

  requestBroken(exchange: RequestUnderWay): void {
    if (this.#exchange !== exchange) return;
    this.#heard = true;
    this.#close(new Error("the request was broken off"));
  }

  cancel(exchange: RequestUnderWay): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = undefined;
    this.#delivery = undefined;
    this.#tunnel = undefined;
    this.#close(undefined);
  }

  #close(error: Error | undefined): void {
    if (this.#phase === "closed") return;
    const phase = this.#phase;
    const exchange = this.#exchange;
    this.#phase = "closed";
    this.#exchange = undefined;
    this.#socket.destroy();
    this.#incoming.clear();
    if (phase === "head") {
      const kind = this.#used && !this.#heard ? "unsent" : "broken";
      exchange?.fail(kind, error ?? new Error("the connection to the target broke"));
    }
    exchange?.settle();
    if (phase === "tunnel") this.#tunnel?.closed();
    else this.#delivery?.into.abort();
    this.#delivery = undefined;
    this.#changed();
  }

  readonly #go = (): void => during(() => this.#pump());

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#step());
    } finally {
      this.#pumping = false;
    }
    if (this.#ended) this.#settleEnd();
    this.#regulate();
  }

  /** What the end of the target's side means, once everything before it is taken. */
  #settleEnd(): void {
    const delivery = this.#phase === "tunnel" ? this.#tunnel?.delivery : this.#delivery;
    if (this.#incoming.waiting > 0 && delivery?.open !== true && this.#phase !== "head") return;
    if (this.#phase === "tunnel") this.#tunnel?.ended();
    else if (this.#phase === "body" && this.#body.endless) this.#finish(undefined);
    else this.#close(new Error("the target ended the connection"));
  }

  /** Reads the next part of what came. False when there is nothing to do. */
  #step(): boolean {
    const incoming = this.#incoming;
    switch (this.#phase) {
      case "head":
        return incoming.waiting > 0 && this.#readHead();
      case "body":
        return this.#delivery !== undefined && this.#readBody(this.#delivery);
      case "tunnel": {
        const delivery = this.#tunnel?.delivery;
        if (!delivery?.open || incoming.waiting === 0) return false;
        delivery.give(incoming.take(incoming.waiting));
        return true;
      }
      default:
        return false;
    }
  }

  #readHead(): boolean {
    const incoming = this.#incoming;
    const progress = this.#reader.read(incoming.bytes, incoming.at, incoming.to);
    incoming.at = this.#reader.at;
    if (progress === "fault") this.#malformed(this.#reader.fault);
    if (progress !== "done") return false;
    const { head } = this.#reader;
    const exchange = this.#exchange;
    if (exchange === undefined) return false;
    if (!head.keepAlive) this.#keepAlive = false;
    if (head.status === 101) this.#switch(exchange, head);
    else if (head.status >= 200) this.#answer(exchange, head);
    // RFC 9110 section 8.6: it has no body, and names none.
    else if (head.body !== "close") this.#malformed("the target's interim answer has a body");
    else if (++this.#interims > MOST_INTERIMS) this.#malformed("the target answers without end");
    else exchange.answer.informed(head.status, head.fields);
    return true;
  }

  #answer({ answer, method }: RequestUnderWay, head: ResponseHead): void {
    const { status, reason, fields } = head;
    const empty = status === 204 || status === 304;
    const bodyless = empty || method === "HEAD";
    // A target that answers HEAD as if a body came may believe that one does; so does one that has a length for none.
    if (head.body === "close" ? !empty : status === 204 && head.length !== 0) this.#keepAlive = false;
    const length = empty ? 0 : head.length;
    if (bodyless) this.#body.begin("length", 0);
    else this.#body.begin(head.body, head.length === "unknown" ? 0 : head.length);
    this.#phase = "body";
    const exchange = this.#exchange;
    const into = answer.answered(status, reason, fields, length);
    if (this.#exchange !== exchange) return into.abort();
    this.#delivery = new Delivery(into, this.#go);
  }

  #switch(exchange: RequestUnderWay, { fields, upgrade }: ResponseHead): void {
    if (exchange.upgrade === undefined || upgrade !== exchange.upgrade) {
      return this.#malformed("the target switches to a protocol that it was not asked for");
    }
    this.#phase = "tunnel";
    this.#keepAlive = false;
    const tunnel = new Tunnel({
      output: this.output,
      go: this.#go,
      end: () => {
        this.output.flush();
        this.#socket.end();
      },
      destroy: () => this.#close(undefined),
    });
    this.#tunnel = tunnel;
    exchange.answer.switched(fields, tunnel);
  }

  #readBody(delivery: Delivery): boolean {
    if (!delivery.open && !this.#body.complete) return false;
    switch (this.#body.next(this.#incoming)) {
      case "piece":
        delivery.give(this.#body.piece);
        return true;
      case "end":
        this.#finish(this.#body.trailers);
        return true;
      case "fault":
        this.#malformed("the target's answer has no valid chunks");
        return false;
      case "more":
        return false;
    }
  }

  /** The answer is whole. Who has said more than that, or was not asked to the end, is not asked again. */
  #finish(trailers: Fields | undefined): void {
    const into = this.#delivery?.into;
    const again = this.#keepAlive && this.#exchange?.sent === true && this.#incoming.waiting === 0;
    this.#exchange?.settle();
    this.#reader.forget();
    this.#exchange = undefined;
    this.#delivery = undefined;
    this.#used = true;
    this.#phase = again ? "idle" : "closed";
    if (!again) this.#socket.destroy();
    into?.end(trailers);
    this.#changed();
  }

  #malformed(what: string): void {
    if (this.#phase === "head") {
      this.#exchange?.fail("malformed", new Error(what));
    }
    this.#close(new Error(what));
  }

  /** Reads only what somebody takes. */
  #regulate(): void {
    const delivery = this.#phase === "tunnel" ? this.#tunnel?.delivery : this.#delivery;
    const waits =
      (this.#phase === "body" && delivery?.open === false) || (this.#phase === "tunnel" && delivery?.open !== true);
    if (waits === this.#paused || this.#phase === "closed") return;
    this.#paused = waits;
    if (waits) this.#socket.pause();
    else this.#socket.resume();
  }
}

const MOST_INTERIMS = 100;
