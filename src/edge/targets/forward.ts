import { type Channel, NOWHERE, type Sink } from "#edge/http/body.ts";
import type { Exchange } from "#edge/http/exchange.ts";
import { type Fields, firstValue } from "#edge/http/fields.ts";
import { answerStatus } from "#edge/http/own-answers.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import { amended, type ForwardSettings } from "./forward-settings.ts";
import type { Journey } from "./journey.ts";
import type { KeptConnection, Pools, Waiter, Wish } from "./pool.ts";
import { Relay, Tunnel } from "./relay.ts";
import type { TargetAnswer, TargetExchange, TargetFailure, TargetRequest } from "./target-connection.ts";
import { type Rewritten, targetHead, targetTrailers } from "./target-head.ts";
import type { DialFailure } from "./target-socket.ts";
import type { Lease } from "./targets.ts";
import type { TraceIds } from "./trace-id.ts";
import type { Watch, Watched } from "./watch.ts";

export interface ForwardDeps {
  readonly pools: Pools;
  readonly watch: Watch;
  readonly traces: TraceIds;
  readonly clock: Clock;
}

/** A request that is to be forwarded: to the target of `lease`, as `settings` say, changed by the rule as in `rewritten`. */
export interface Forwarded {
  readonly exchange: Exchange;
  readonly lease: Lease;
  readonly settings: ForwardSettings;
  /** Is told what becomes of it, and whole when the exchange has ended. */
  readonly journey: Journey;
  readonly rewritten?: Rewritten | undefined;
}

/**
 * Passes a request on to its target and the answer back. Answers itself when the target does not: 502 when the connection
 * or its answer broke, 504 when it takes too long, 464 when it speaks another version of HTTP. Gives the lease back.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export function forward(forwarded: Forwarded, deps: ForwardDeps): void {
  new Passage(forwarded, deps).begin();
}

/** One request on its way to a target and back. */
class Passage implements Waiter, TargetAnswer, Watched, Wish {
  readonly idle: Millis;
  readonly targetPolicy: string;
  fresh = false;
  readonly #exchange: Exchange;
  readonly #lease: Lease;
  readonly #settings: ForwardSettings;
  readonly #journey: Journey;
  readonly #rewritten: Rewritten | undefined;
  readonly #deps: ForwardDeps;
  #request: TargetRequest | undefined;
  #kept: KeptConnection | undefined;
  #sent: TargetExchange | undefined;
  #upload: Relay | undefined;
  #tunnel: Tunnel | undefined;
  #answered = false;
  #over = false;

  constructor({ exchange, lease, settings, journey, rewritten }: Forwarded, deps: ForwardDeps) {
    this.idle = settings.idle;
    this.targetPolicy = settings.targetPolicy;
    this.#exchange = exchange;
    this.#lease = lease;
    this.#settings = settings;
    this.#journey = journey;
    this.#rewritten = rewritten;
    this.#deps = deps;
  }

  begin(): void {
    const { group, target, station } = this.#lease;
    this.#journey.group = group;
    this.#journey.target = target;
    this.#exchange.onEnd((whole) => this.#finish(whole));
    if (!isCompatible(this.#exchange, group.protocolVersion)) return this.#answer(464);
    this.#deps.watch.add(this);
    this.#deps.pools.acquire(station, this, this);
  }

  connected(kept: KeptConnection): void {
    if (this.#over) return;
    this.#kept = kept;
    kept.active += 1;
    this.#journey.sentAt = this.#now();
    this.#request ??= this.#makeRequest();
    const sent = kept.connection.send(this.#request, this);
    // It may have failed within, and be on its way again.
    if (this.#kept !== kept || this.#over) return;
    this.#sent = sent;
    if (this.#exchange.bodyLength === 0) return;
    const { head } = this.#settings;
    this.#upload = new Relay(sent.body, undefined, (trailers) => targetTrailers(trailers, head, this.#rewritten));
    this.#exchange.readBody(this.#upload);
  }

  unreachable({ kind }: DialFailure): void {
    if (this.#over || this.#answered) return;
    this.#lease.answered(true);
    if (kind === "tls") this.#journey.tlsErrors += 1;
    else this.#journey.connectionErrors += 1;
    this.#answer(kind === "too-slow" ? 504 : 502);
  }

  informed(status: number, fields: Fields): void {
    // 100 is between the client and us: it came when the body was asked for.
    if (!this.#over && status !== 100) this.#exchange.inform(status, fields);
  }

  answered(status: number, reason: string | undefined, fields: Fields, length: number | "unknown"): Sink {
    if (this.#over || this.#answered) return NOWHERE;
    this.#noteAnswer(status);
    const extra = this.#lease.cookies(this.#exchange.fields, fields);
    const passed = amended(fields, this.#settings.answer);
    this.#journey.status = status;
    return this.#exchange.respond(status, reason, extra.length === 0 ? passed : [...passed, ...extra], length);
  }

  switched(fields: Fields, channel: Channel): void {
    if (this.#over || this.#answered) return channel.abort();
    this.#noteAnswer(101);
    this.#journey.status = 101;
    this.#journey.switched = true;
    const extra = this.#lease.cookies(this.#exchange.fields, fields);
    const passed = amended(fields, this.#settings.answer);
    const client = this.#exchange.switchProtocols(extra.length === 0 ? passed : [...passed, ...extra]);
    this.#tunnel = new Tunnel(client, channel, () => this.#finish(true));
  }

  failed({ kind }: TargetFailure): void {
    this.#letGo();
    this.#sent = undefined;
    if (this.#over || this.#answered) return;
    const again = !this.fresh && this.#exchange.bodyLength === 0;
    if (again && (kind === "refused-stream" || (kind === "unsent" && IDEMPOTENT.has(this.#exchange.method)))) {
      // It was a kept connection that the target closed just as we used it, or one that took no more.
      this.fresh = true;
      this.#journey.sentAt = undefined;
      return this.#deps.pools.acquire(this.#lease.station, this, this);
    }
    this.#lease.answered(true);
    this.#answer(502);
  }

  get moved(): number {
    const { received, sent } = this.#exchange;
    return received + sent + (this.#tunnel?.moved ?? 0) + (this.#upload?.moved ?? 0);
  }

  tooQuiet(): void {
    if (this.#over) return;
    if (this.#tunnel) {
      this.#tunnel.abort();
      return this.#finish(false);
    }
    if (this.#answered) return this.#exchange.abort();
    const awaitsClient = this.#upload !== undefined && this.#upload.over === undefined && !this.#upload.full;
    if (!awaitsClient) this.#lease.answered(true);
    this.#answer(awaitsClient ? 408 : 504);
  }

  #makeRequest(): TargetRequest {
    const { method, target, bodyLength, upgrade, takesTrailers, last = false } = this.#exchange;
    const { host, fields, traceId } = targetHead(
      this.#exchange,
      this.#settings.head,
      this.#rewritten,
      this.#deps.traces,
    );
    this.#journey.traceId = traceId;
    return {
      method,
      path: this.#rewritten?.target ?? target,
      host,
      scheme: this.#lease.group.protocol === "HTTPS" ? "https" : "http",
      fields,
      bodyLength,
      upgrade,
      wantsTrailers: takesTrailers,
      last,
    };
  }

  #noteAnswer(status: number): void {
    this.#answered = true;
    this.#lease.answered(status >= 500);
    const now = this.#now();
    this.#journey.answeredAt = now;
    this.#journey.respondedAt = now;
    this.#journey.targetStatus = status;
  }

  /** Answers in the target's place, which is not asked any more. */
  #answer(status: number): void {
    this.#answered = true;
    this.#giveUp();
    this.#journey.status = status;
    this.#journey.respondedAt = this.#now();
    answerStatus(this.#exchange, status, this.#settings.answer.set);
  }

  #finish(whole: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#deps.watch.remove(this);
    if (!whole) this.#tunnel?.abort();
    // An early answer may be whole before the request is.
    if (!whole || (this.#upload && this.#upload.over === undefined)) this.#giveUp();
    this.#letGo();
    this.#lease.release();
  }

  /** The target is not to go on with it. */
  #giveUp(): void {
    const sent = this.#sent;
    this.#sent = undefined;
    if (sent) sent.cancel();
    else if (!this.#kept) this.#deps.pools.giveUp(this.#lease.station, this, this);
    this.#letGo();
  }

  #letGo(): void {
    const kept = this.#kept;
    if (!kept) return;
    this.#kept = undefined;
    kept.active -= 1;
    if (kept.active === 0) kept.idleSince = this.#now();
  }

  #now(): Millis {
    return this.#deps.clock.now().getTime();
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-464-issues */
function isCompatible({ version, method, fields }: Exchange, wanted: "HTTP1" | "HTTP2" | "GRPC"): boolean {
  switch (wanted) {
    case "HTTP1":
      return version !== "2" || !isGrpc(fields);
    case "HTTP2":
      return version === "2";
    case "GRPC":
      return version === "2" && method === "POST";
  }
}

function isGrpc(fields: Fields): boolean {
  return firstValue(fields, "content-type")?.startsWith("application/grpc") === true;
}

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
