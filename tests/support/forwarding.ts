import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { EdgeForward, EdgeTargetGroup } from "#domain/edge-config.ts";
import type { HttpConnection, HttpHandler, ServeHttp } from "#edge/http/connection.ts";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import { answerStatus } from "#edge/http/own-answers.ts";
import { serveHttp1 } from "#edge/http1/server-connection.ts";
import { http1Target } from "#edge/http1/target-connection.ts";
import { serveHttp2 } from "#edge/http2/server-connection.ts";
import { http2Target } from "#edge/http2/target-connection.ts";
import { forward } from "#edge/targets/forward.ts";
import { forwardSettings } from "#edge/targets/forward-settings.ts";
import type { HealthSource } from "#edge/targets/health-source.ts";
import { type Journey, newJourney } from "#edge/targets/journey.ts";
import { openPools } from "#edge/targets/pool.ts";
import type { Station } from "#edge/targets/station.ts";
import type { Rewritten } from "#edge/targets/target-head.ts";
import { openTargets, type Targets } from "#edge/targets/targets.ts";
import { traceIds } from "#edge/targets/trace-id.ts";
import { openWatch } from "#edge/targets/watch.ts";
import { randomIds } from "#lib/ids.ts";
import { balancer } from "./edge-config.ts";
import { type TestClock, testClock } from "./test-clock.ts";
import { type TestTimers, testTimers } from "./test-timers.ts";

/** A listener that forwards everything: the wire engine with nothing in front of it. Time moves by hand. */
export interface ForwardingWorld {
  readonly port: number;
  readonly clock: TestClock;
  readonly timers: TestTimers;
  readonly targets: Targets;
  /** What became of each request, in the order in which they ended. */
  readonly journeys: readonly (Journey & { readonly whole: boolean })[];
  /** Requests that targets were chosen for and that are not done. */
  readonly outstanding: () => number;
  /** Connections to targets. */
  readonly connections: () => number;
  /** Waits for the journey of the request with that number. */
  readonly ended: (number: number) => Promise<Journey & { readonly whole: boolean }>;
}

export interface ForwardingOptions {
  readonly groups: readonly EdgeTargetGroup[];
  readonly action?: EdgeForward;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly listenerAttributes?: Readonly<Record<string, string>>;
  readonly sslPolicy?: string;
  /** The clients speak HTTP/2 with prior knowledge. */
  readonly http2?: boolean;
  readonly client?: Partial<Client>;
  readonly rewritten?: (exchange: Exchange) => Rewritten;
  readonly health?: HealthSource;
}

export async function forwardingWorld(options: ForwardingOptions): Promise<ForwardingWorld> {
  const clock = testClock("2026-11-22T00:00:00Z");
  const timers = testTimers(clock);
  const deps = { clock, timers };
  const health = options.health ?? { isHealthy: () => true, onHealth: () => () => {} };
  const targets = openTargets({ ...deps, health, cookieSecret: "secret" });
  targets.configure(options.groups);
  const forwarding = targets.forwarding(
    options.action ?? { type: "forward", targetGroups: [{ arn: options.groups[0]?.arn ?? "group", weight: 1 }] },
  );
  const pools = openPools({ ...deps, http1: http1Target, http2: http2Target });
  const watch = openWatch(deps);
  const traces = traceIds(randomIds);
  const { sslPolicy } = options;
  const config = balancer(
    { port: 80, attributes: options.listenerAttributes ?? {}, ...(sslPolicy === undefined ? {} : { sslPolicy }) },
    { attributes: options.attributes ?? {} },
  );
  const settings = forwardSettings(config, {
    attributes: options.listenerAttributes ?? {},
    port: 80,
    ...(sslPolicy === undefined ? {} : { sslPolicy }),
  });
  const journeys: (Journey & { whole: boolean })[] = [];
  const waiting = new Map<number, () => void>();
  const stations = new Set<Station>();
  const handler: HttpHandler = {
    request(exchange) {
      const journey = newJourney();
      exchange.onEnd((whole) => {
        journeys.push(Object.assign(journey, { whole }));
        waiting.get(journeys.length)?.();
      });
      const lease = forwarding.choose(exchange.fields);
      if (lease) stations.add(lease.station);
      if (!lease) return answerStatus(exchange, 503);
      forward(
        { exchange, lease, settings, journey, rewritten: options.rewritten?.(exchange) },
        { pools, watch, traces, clock },
      );
    },
    refused() {},
  };
  const serve: ServeHttp = options.http2 ? serveHttp2 : serveHttp1;
  const connections = new Set<HttpConnection>();
  const server = createServer({ noDelay: true }, (socket) => {
    const client: Client = {
      address: "192.0.2.7",
      port: 50_000,
      localAddress: "192.0.2.1",
      localPort: 80,
      scheme: "http",
      listenerPort: 80,
      connectionId: "TID_test",
      ...options.client,
    };
    const limits = () => ({ idle: 600_000, life: 600_000, desync: "defensive" as const });
    connections.add(serve(socket, client, limits, handler, deps));
  });
  const port = await listening(server);
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    pools.close();
    targets.stop();
  });
  return {
    port,
    clock,
    timers,
    targets,
    journeys,
    outstanding: () => [...stations].reduce((sum, { outstanding }) => sum + outstanding, 0),
    connections: () => pools.connections,
    async ended(number) {
      if (journeys.length <= number) await new Promise<void>((resolve) => waiting.set(number + 1, resolve));
      return journeys[number]!;
    },
  };
}

/** Lets a server listen on a free port of 127.0.0.1 until the test is over. */
export async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A target of bytes: `answer` is called for each request that has come whole (its head, and a body with a length). */
export async function rawTarget(
  answer: (socket: Socket, request: string, number: number) => void,
): Promise<{ readonly port: number; readonly requests: string[]; connections: number }> {
  const seen = { port: 0, requests: [] as string[], connections: 0 };
  const server = createServer({ noDelay: true }, (socket) => {
    seen.connections += 1;
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      for (;;) {
        const end = text.indexOf("\r\n\r\n") + 4;
        if (end < 4) return;
        const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
        if (text.length < end + length) return;
        const request = text.slice(0, end + length);
        text = text.slice(end + length);
        seen.requests.push(request);
        answer(socket, request, seen.requests.length);
      }
    });
  });
  seen.port = await listening(server);
  return seen;
}

/** Says something on a connection of its own, and answers all that comes until the other side ends it. */
export async function say(port: number, ...words: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (piece) => (heard += piece.toString("latin1")));
  socket.on("error", () => {});
  for (const word of words) socket.write(word, "latin1");
  await once(socket, "close");
  return heard;
}

export const GET = "GET / HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n";
