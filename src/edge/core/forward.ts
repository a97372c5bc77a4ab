import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { join } from "#edge/network/join.ts";
import { stickyCookies } from "#edge/targets/stickiness.ts";
import type { Lease } from "#edge/targets/target-choice.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import type { Timers } from "#lib/timers.ts";
import { type Exchange, endToEnd, type Headers, pairs } from "./exchange.ts";
import { type Attributes, forwardedHeaders } from "./forwarded-headers.ts";
import { answerStatus } from "./own-answers.ts";

/** Connections to targets, kept for the next request. Certificates of targets are not verified, as with AWS. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

export function openAgents(): Agents {
  const settings = { keepAlive: true, maxSockets: MOST_TO_ONE_TARGET, maxFreeSockets: 256, timeout: 0 };
  const http = new HttpAgent(settings);
  const https = new HttpsAgent({ ...settings, rejectUnauthorized: false });
  return {
    http,
    https,
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

export interface ForwardDeps {
  readonly agents: Agents;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What a request needs to know of its load balancer. */
export interface BalancerFacts {
  readonly attributes: Attributes;
  readonly dnsName: string;
}

/**
 * Passes a request on to a target over HTTP/1.1 and its answer back, both as streams. Answers itself when the target
 * does not: 502 for a broken connection or answer, 504 when it takes too long.
 */
export function forward(exchange: Exchange, lease: Lease, balancer: BalancerFacts, deps: ForwardDeps): void {
  const idle = idleTimeout(balancer.attributes);
  let answered = false;
  const request = open(exchange, lease, balancer, deps);
  if (!request) {
    lease.release();
    return answerStatus(exchange, 400);
  }
  const cancelConnectTimer = watchConnecting(request, deps.timers);
  request.setTimeout(idle, () => request.destroy(new TooSlow()));
  request.on("response", (response) => {
    answered = true;
    passBack(response, exchange, stickyCookies(lease.group, lease.target, deps));
  });
  request.on("upgrade", (response, socket, head) => {
    if (!exchange.upgrade) return void socket.destroy(); // nobody asked for it
    answered = true;
    switchProtocols(response, exchange.upgrade, socket, head, idle);
  });
  request.on("error", (error) => {
    if (answered) return; // the answer's own stream tells
    answered = true;
    if (isStale(error, request) && exchange.bodyLength === 0 && IDEMPOTENT.has(exchange.method)) {
      return forward(exchange, lease, balancer, deps); // the target closed a kept connection just as we used it
    }
    answerStatus(exchange, error instanceof TooSlow ? 504 : 502);
  });
  request.on("close", () => {
    cancelConnectTimer();
    lease.release();
    exchange.body.resume(); // the target answered without waiting for the end of it
    if (!answered) answerStatus(exchange, 502);
  });
  exchange.onAbort(() => {
    answered = true;
    request.destroy();
  });
  if (exchange.bodyLength === 0) request.end();
  else exchange.body.pipe(request);
}

/** The request as it goes to the target; undefined when it cannot be written as HTTP/1.1. */
function open(
  exchange: Exchange,
  { group, target }: Lease,
  balancer: BalancerFacts,
  deps: ForwardDeps,
): ClientRequest | undefined {
  const secure = group.protocol === "HTTPS";
  try {
    return (secure ? requestHttps : requestHttp)({
      agent: secure ? deps.agents.https : deps.agents.http,
      host: target.address,
      port: target.port,
      method: exchange.method,
      path: exchange.target,
      headers: [...forwardedHeaders(exchange, balancer, deps), ...framing(exchange)].flat(),
      maxHeaderSize: MOST_HEADER_BYTES,
    });
  } catch {
    return undefined; // a path, name or value with characters that HTTP/1.1 forbids
  }
}

/** How long either side may be silent. */
export function idleTimeout(attributes: Attributes): Millis {
  return Number(attributes["idle_timeout.timeout_seconds"] ?? 60) * SECOND;
}

function framing({ bodyLength, method, upgrade }: Exchange): [string, string][] {
  if (upgrade) {
    return [
      ["Connection", "Upgrade"],
      ["Upgrade", upgrade.protocol],
    ];
  }
  if (bodyLength === "unknown") return [["Transfer-Encoding", "chunked"]];
  return bodyLength > 0 || !BODILESS.has(method) ? [["Content-Length", String(bodyLength)]] : [];
}

function passBack(response: IncomingMessage, exchange: Exchange, more: Headers): void {
  try {
    const headers = [...endToEnd(pairs(response.rawHeaders)), ...more];
    const out = exchange.respond(response.statusCode ?? 502, response.statusMessage, headers);
    // stream.pipeline would do, for a tenth of a request's processor time.
    response.once("close", () => {
      if (!response.complete) exchange.abort();
    });
    response.on("error", () => {}); // "close" follows
    response.pipe(out);
  } catch {
    response.destroy(); // a status, reason or field that cannot be said to the client
    answerStatus(exchange, 502);
  }
}

function switchProtocols(
  response: IncomingMessage,
  { socket: client, head }: NonNullable<Exchange["upgrade"]>,
  target: Duplex,
  targetHead: Buffer,
  idle: Millis,
): void {
  const fields = pairs(response.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  client.write(`HTTP/1.1 101 ${response.statusMessage ?? ""}\r\n${fields.join("")}\r\n`, "latin1");
  client.write(targetHead);
  target.write(head);
  join(client as Socket, target as Socket, idle);
}

/** A target that does not take the connection within ten seconds is too slow. */
function watchConnecting(request: ClientRequest, timers: Timers): () => void {
  let cancel = (): void => {};
  request.on("socket", (socket) => {
    if (!socket.connecting) return;
    cancel = timers.after(CONNECT_TIMEOUT, () => request.destroy(new TooSlow()));
    socket.once("connect", cancel);
  });
  return () => cancel();
}

function isStale(error: Error, request: ClientRequest): boolean {
  return request.reusedSocket && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

class TooSlow extends Error {}

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);
const CONNECT_TIMEOUT: Millis = 10 * SECOND;
const MOST_HEADER_BYTES = 64 * 1024;
const MOST_TO_ONE_TARGET = 1_024;
