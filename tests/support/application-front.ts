import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { onTestFinished } from "vitest";
import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";
import type { MetricSample } from "#domain/edge-messages.ts";
import { type ApplicationFront, applicationFront } from "#edge/application/front.ts";
import { providerClient } from "#edge/application/provider-call.ts";
import type { HttpConnection } from "#edge/http/connection.ts";
import type { Client } from "#edge/http/exchange.ts";
import { serveHttp1 } from "#edge/http1/server-connection.ts";
import { http1Target } from "#edge/http1/target-connection.ts";
import { metricsBoard } from "#edge/metrics/board.ts";
import { openPools } from "#edge/targets/pool.ts";
import { openTargets } from "#edge/targets/targets.ts";
import { traceIds } from "#edge/targets/trace-id.ts";
import { openWatch } from "#edge/targets/watch.ts";
import { randomIds } from "#lib/ids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { systemTimers } from "#lib/timers.ts";
import { BALANCER, balancer } from "./edge-config.ts";
import { type TestClock, testClock } from "./test-clock.ts";

/** A listener of an Application Load Balancer, from its wire to its targets; only TLS is not there. */
export interface FrontWorld {
  readonly port: number;
  readonly clock: TestClock;
  readonly front: ApplicationFront;
  /** Lines of the access log; the line of a request may come after its answer. */
  readonly lines: string[];
  readonly errors: unknown[];
  /** What was counted: metrics of the load balancer by name, of target groups by name and group. */
  readonly counted: () => Record<string, number>;
  readonly configure: (listener: Partial<EdgeListener>, more?: Partial<EdgeBalancer>) => void;
  readonly ask: (target: string, more?: Asking) => Promise<Answer>;
}

export interface Asking {
  readonly method?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface FrontOptions {
  /** Clients count as having come over HTTPS to port 443. */
  readonly secure?: boolean;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly challenges?: Readonly<Record<string, string>>;
  readonly client?: Partial<Client>;
}

export async function frontWorld(options: FrontOptions = {}): Promise<FrontWorld> {
  const clock = testClock("2026-11-22T12:00:00Z");
  const shared = { clock, timers: systemTimers };
  const health = { isHealthy: () => true, onHealth: () => () => {} };
  const targets = openTargets({ ...shared, health, cookieSecret: "secret" });
  const pools = openPools({ ...shared, http1: http1Target, http2: http1Target });
  const provider = providerClient({ timers: systemTimers, roots: [] });
  const board = metricsBoard();
  const lines: string[] = [];
  const errors: unknown[] = [];
  const front = applicationFront({
    targets,
    pools,
    provider,
    clock,
    watch: openWatch(shared),
    traces: traceIds(randomIds),
    meters: board.meters(BALANCER),
    accessLog: { enabled: true, write: (line) => lines.push(line), place: () => {}, close: () => {} },
    findChallenge: (token) => Promise.resolve(options.challenges?.[token]),
    openSecret(name) {
      const secret = options.secrets?.[name];
      if (secret === undefined) return Promise.reject(new Error(`there is no secret ${name}`));
      return Promise.resolve(new PlaintextKey(Buffer.from(secret)));
    },
    onError: (_, error) => errors.push(error),
  });
  const configure: FrontWorld["configure"] = (listener, more = {}) => {
    const config = balancer({ port: options.secure ? 443 : 80, ...listener }, more);
    targets.configure(config.targetGroups);
    for (const one of config.listeners) front.configure(one, config);
  };
  configure({});
  const connections = new Set<HttpConnection>();
  const tls = {
    version: "TLSv1.3",
    cipher: "TLS_AES_128_GCM_SHA256",
    cipherSuite: "TLS_AES_128_GCM_SHA256",
    serverName: "a.test",
    certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    mutual: [],
  };
  const server = createServer({ noDelay: true }, (socket) => {
    const client: Client = {
      address: "192.0.2.7",
      port: 50_000,
      localAddress: "192.0.2.1",
      localPort: 80,
      scheme: options.secure ? "https" : "http",
      listenerPort: options.secure ? 443 : 80,
      connectionId: "TID_test",
      ...(options.secure ? { tls } : {}),
      ...options.client,
    };
    const limits = () => ({ idle: 600_000, life: 600_000, desync: "defensive" as const });
    connections.add(serveHttp1(socket, client, limits, front, shared));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    for (const connection of connections) connection.destroy();
    front.close();
    pools.close();
    targets.stop();
    provider.close();
  });
  return {
    port,
    clock,
    front,
    lines,
    errors,
    configure,
    counted: () => Object.fromEntries(board.take().map((sample) => [nameOf(sample), sample.sum])),
    ask: (target, more) => ask(port, target, more),
  };
}

function nameOf({ name, targetGroupArn }: MetricSample): string {
  return targetGroupArn === undefined ? name : `${name} ${targetGroupArn}`;
}

export async function ask(port: number, target: string, more: Asking = {}): Promise<Answer> {
  const { method = "GET", host = "a.test", headers = {}, body } = more;
  const request = requestHttp({
    host: "127.0.0.1",
    port,
    path: target,
    method,
    headers: { host, ...headers },
    agent: false,
  });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces).toString() };
}

/** An HTTP server on 127.0.0.1 until the test is over. */
export async function httpTarget(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly port: number; readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createHttpServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}
