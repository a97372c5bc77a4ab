import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { onTestFinished } from "vitest";
import type { ConnectionSettings, HttpConnection, RefusedRequest } from "#edge/http/connection.ts";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import type { Fields } from "#edge/http/fields.ts";
import { serveHttp2 } from "#edge/http2/server-connection.ts";
import { type TestClock, testClock } from "./test-clock.ts";
import { type TestTimers, testTimers } from "./test-timers.ts";

export const CLIENT: Client = {
  address: "192.0.2.7",
  port: 50_000,
  localAddress: "192.0.2.1",
  localPort: 80,
  scheme: "http",
  listenerPort: 80,
  connectionId: "TID_test",
};

/** A request as it was seen, to its end or as far as it came. */
export interface Seen {
  readonly exchange: Exchange;
  body: string;
  trailers: Fields | undefined;
  state: "open" | "whole" | "aborted";
  ended: boolean | undefined;
}

export interface Http2World {
  readonly port: number;
  readonly clock: TestClock;
  readonly timers: TestTimers;
  readonly seen: readonly Seen[];
  readonly refused: readonly RefusedRequest[];
  readonly connections: readonly HttpConnection[];
}

/** Our HTTP/2 on a port of its own; `answer` is called when a request is whole, and answers 200 unless given. Time moves by hand. */
export async function http2World(
  answer: (seen: Seen) => void = ({ exchange }) => exchange.respond(200, undefined, [], 0).end(),
  settings: Partial<ConnectionSettings> = {},
  reads = true,
): Promise<Http2World> {
  const clock = testClock("2026-11-22T00:00:00Z");
  const timers = testTimers(clock);
  const seen: Seen[] = [];
  const refused: RefusedRequest[] = [];
  const connections: HttpConnection[] = [];
  const request = (exchange: Exchange): void => {
    const one: Seen = { exchange, body: "", trailers: undefined, state: "open", ended: undefined };
    seen.push(one);
    exchange.onEnd((whole) => {
      one.ended = whole;
    });
    if (!reads) return answer(one);
    exchange.readBody({
      write(piece) {
        one.body += Buffer.from(piece).toString("latin1");
        return true;
      },
      end(trailers) {
        one.state = "whole";
        one.trailers = trailers;
        answer(one);
      },
      abort() {
        one.state = "aborted";
      },
      drained() {},
    });
  };
  const handler = { request, refused: (refusal: RefusedRequest) => void refused.push(refusal) };
  const limits = (): ConnectionSettings => ({ idle: 60_000, life: 3_600_000, desync: "defensive", ...settings });
  const server = createServer({ noDelay: true }, (socket) => {
    connections.push(serveHttp2(socket, CLIENT, limits, handler, { clock, timers }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, clock, timers, seen, refused, connections };
}
