import type { Socket } from "node:net";
import type { ConnectionDeps, ConnectionSettings, HttpConnection, HttpHandler } from "#edge/http/connection.ts";
import { type Classification, COMPLIANT } from "#edge/http/desync.ts";
import type { Client } from "#edge/http/exchange.ts";
import { answerStatus } from "#edge/http/own-answers.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { Budget } from "./budget.ts";
import { ERROR, MOST_STREAM_ID, PREFACE, SETTING } from "./frame.ts";
import type { Head } from "./head.ts";
import { type Judgement, judge, SAFE } from "./judgement.ts";
import { readRequest } from "./request.ts";
import { ServerStream } from "./server-stream.ts";
import { COMMON_SETTINGS, Session } from "./session.ts";
import type { Stream } from "./stream.ts";

/** A client's connection. */
export class ServerSession extends Session implements HttpConnection {
  readonly mostPush = 1;
  readonly client: Client;
  readonly #settings: () => ConnectionSettings;
  readonly #handler: HttpHandler;
  readonly #deps: ConnectionDeps;
  readonly #openedAt: number;
  /** How much of the preface came. */
  #greeted = 0;
  readonly #glitches: Budget;
  readonly #resets: Budget;
  /** Since when no stream is open. */
  #idleSince: number;
  /** How much had been written when there was last something new, and when that was. */
  #written = 0;
  #writtenAt: number;
  /** `asked`: GOAWAY for the future; `told`: GOAWAY for what is beyond `#lastTaken`. */
  #draining: "no" | "asked" | "told" = "no";
  #lastTaken = MOST_STREAM_ID;
  #cancelWatch: () => void = nothing;
  #cancelDrain: () => void = nothing;

  constructor(
    socket: Socket,
    client: Client,
    settings: () => ConnectionSettings,
    handler: HttpHandler,
    deps: ConnectionDeps,
  ) {
    super(socket);
    this.client = client;
    this.#settings = settings;
    this.#handler = handler;
    this.#deps = deps;
    const now = this.#look();
    this.#openedAt = now;
    this.#idleSince = now;
    this.#writtenAt = now;
    this.#glitches = new Budget(MOST_GLITCHES, GLITCHES_A_SECOND, now);
    this.#resets = new Budget(MOST_RESETS, RESETS_A_SECOND, now);
    this.begin(SERVER_SETTINGS);
    this.#watch();
  }

  /** Takes what the client sent. */
  read(bytes: Buffer): void {
    this.#look();
    const at = this.#greeted < PREFACE.length ? this.#greet(bytes) : 0;
    if (at < bytes.length) this.receive(bytes, at, bytes.length);
  }

  /**
   * Says GOAWAY in two steps, so that no request is lost that is on its way (RFC 9113 section 6.8): first that the end is
   * near, and when the client must have heard that, which requests were taken.
   */
  drain(): void {
    if (this.done || this.#draining !== "no") return;
    this.#draining = "asked";
    this.goaway(MOST_STREAM_ID, ERROR.none, "");
    this.ping(0, DRAIN_PING);
    this.#cancelDrain = this.#deps.timers.after(DRAIN_WAIT, () => this.#drained());
  }

  override destroy(reason = "destroyed"): void {
    super.destroy(reason);
  }

  override opened(id: number, ends: boolean, head: Head, size: number): void {
    if ((id & 1) === 0) return this.fail(ERROR.protocol, "a client's stream has an odd number");
    this.lastId = id;
    if (id > this.#lastTaken) return this.closedStreams.add(id, "reset-by-us");
    if (this.streams.size >= MOST_STREAMS) {
      this.glitch();
      return this.#refuse(id, ERROR.refusedStream);
    }
    const request = readRequest(head);
    const short = ends && head.contentLength > 0;
    if ("malformed" in request || short) {
      this.misbehaved();
      this.#refuse(id, ERROR.protocol);
      return this.#tellRefused(head, undefined, COMPLIANT, size);
    }
    const odd = "status" in request;
    const judgement: Judgement = odd ? SAFE : judge(request.method, head, ends, this.#settings().desync);
    const asked = odd ? { method: head.method ?? "GET", target: "/", host: "" } : request;
    const stream = new ServerStream(id, this, asked, head, judgement, ends, size);
    this.streams.set(id, stream);
    if (ends) stream.heard(undefined);
    const status = odd ? request.status : judgement.verdict === "refuse" ? 400 : undefined;
    if (status === undefined) return this.#handler.request(stream);
    this.#tellRefused(head, status, judgement.desync, size);
    answerStatus(stream, status);
  }

  override glitch(): void {
    if (!this.#glitches.spend(this.now)) this.fail(ERROR.enhanceYourCalm, "too many frames that say nothing");
  }

  override misbehaved(): void {
    if (!this.#resets.spend(this.now)) this.fail(ERROR.enhanceYourCalm, "too many streams that are given up");
  }

  override configured(): void {}

  override pinged(): void {
    if (this.#draining === "asked") this.#drained();
    else this.glitch();
  }

  /** It opens no more streams: what is open goes on. */
  override peerGoesAway(): void {
    this.#draining = "told";
    if (this.streams.size === 0) this.close("the client went away");
  }

  override fail(code: number, reason: string): void {
    if (this.done) return;
    super.fail(code, reason);
    this.#tellRefused(undefined, undefined, COMPLIANT, 0);
  }

  protected override sentBody(stream: Stream, frames: number): void {
    stream.movedAt = this.#look();
    this.#glitches.earn(2 * frames + 1); // windows are opened again for what we send
  }

  protected override streamGone(stream: Stream): void {
    if (stream.outgoing.done) this.#resets.earn(1);
    if (this.streams.size > 0) return;
    this.#idleSince = this.#look();
    if (this.#draining === "told") this.close("drained");
  }

  protected override endSocket(): void {
    this.socket.end();
  }

  protected override over(): void {
    this.#cancelWatch();
    this.#cancelDrain();
    if (!this.socket.destroyed) this.#cancelWatch = this.#deps.timers.after(LINGER, () => this.socket.destroy());
  }

  /** The socket is gone. */
  gone(): void {
    this.destroy("the connection ended");
    this.#cancelWatch();
  }

  #look(): number {
    this.now = this.#deps.clock.now().getTime();
    return this.now;
  }

  /** Answers where the frames begin. */
  #greet(bytes: Buffer): number {
    const length = Math.min(PREFACE.length - this.#greeted, bytes.length);
    if (bytes.compare(PREFACE, this.#greeted, this.#greeted + length, 0, length) !== 0) {
      this.fail(ERROR.protocol, "no HTTP/2");
      return bytes.length;
    }
    this.#greeted += length;
    return length;
  }

  #refuse(id: number, code: number): void {
    if (this.done) return;
    this.rstStream(id, code);
    this.closedStreams.add(id, "reset-by-us");
  }

  #tellRefused(head: Head | undefined, status: number | undefined, desync: Classification, received: number): void {
    const line = head?.method === undefined ? undefined : `${head.method} ${head.path ?? "-"} HTTP/2.0`;
    this.#handler.refused({ client: this.client, status, desync, line, received, sent: 0 });
  }

  #drained(): void {
    if (this.done || this.#draining !== "asked") return;
    this.#draining = "told";
    this.#cancelDrain();
    this.#lastTaken = this.lastId;
    this.goaway(this.lastId, ERROR.none, "");
    if (this.streams.size === 0) this.close("drained");
  }

  /** Ends what the client keeps waiting for too long, and looks again when the next thing may be over. */
  #watch(): void {
    if (this.done) return;
    const now = this.#look();
    const { idle, life } = this.#settings();
    let next = now + idle;
    const isOver = (at: Millis): boolean => {
      if (at > now) next = Math.min(next, at);
      return at <= now;
    };
    if (!this.acknowledged && isOver(this.#openedAt + ACKNOWLEDGE_WITHIN)) {
      return this.fail(ERROR.settingsTimeout, "SETTINGS that are not acknowledged");
    }
    if (this.#draining === "no" && isOver(this.#openedAt + life)) this.drain();
    if (this.outbox.pending === 0 || this.outbox.written !== this.#written) {
      this.#written = this.outbox.written;
      this.#writtenAt = now;
    }
    if (isOver(this.#writtenAt + idle)) return this.destroy("the client does not read");
    for (const stream of this.streams.values()) {
      const waits = stream.outgoing.waits || stream.incoming?.waits === true;
      if (waits && isOver(stream.movedAt + idle + GRACE)) stream.giveUp(ERROR.cancel, "broken", "the client is silent");
    }
    if (this.streams.size === 0 && isOver(this.#idleSince + idle)) {
      this.goaway(this.lastId, ERROR.none, "");
      return this.close("idle");
    }
    this.#cancelWatch = this.#deps.timers.after(next - now, () => this.#watch());
  }
}

function nothing(): void {}

/** As ALB does. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html */
const MOST_STREAMS = 128;
const SERVER_SETTINGS = [
  [SETTING.maxConcurrentStreams, MOST_STREAMS],
  ...COMMON_SETTINGS,
  [SETTING.noRfc7540Priorities, 1],
] as const;

/** Frames that say nothing, and streams that are given up: so many at once, then so many a second. */
const MOST_GLITCHES = 1_000;
const GLITCHES_A_SECOND = 100;
const MOST_RESETS = 1_000;
const RESETS_A_SECOND = 33;

const ACKNOWLEDGE_WITHIN = 10 * SECOND;
/** How much later than whoever answers a request we lose patience with its client: they have something to say to it. */
const GRACE = 2 * SECOND;
const DRAIN_WAIT = SECOND;
const DRAIN_PING = Buffer.from("drained?", "latin1");
/** How long a client may take to read our last words. */
const LINGER = 2 * SECOND;
