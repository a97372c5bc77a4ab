import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Channel, Sink } from "#edge/http/body.ts";
import type { ConnectionSettings, HttpConnection, RefusedRequest } from "#edge/http/connection.ts";
import type { Exchange } from "#edge/http/exchange.ts";
import { field } from "#edge/http/fields.ts";
import { answerBody } from "#edge/http/own-answers.ts";
import { systemClock } from "#lib/clock.ts";
import { systemTimers } from "#lib/timers.ts";
import { serveHttp1 } from "./server-connection.ts";

interface World {
  /** A client's connection. */
  readonly client: () => Promise<Socket>;
  readonly connections: HttpConnection[];
  readonly refused: RefusedRequest[];
}

/** A server that does this with every request. */
async function serving(
  request: (exchange: Exchange) => void,
  more: Partial<ConnectionSettings> = {},
  allowHalfOpen: boolean = true,
): Promise<World> {
  const connections: HttpConnection[] = [];
  const refused: RefusedRequest[] = [];
  const settings = () => ({ idle: 60_000, life: 3_600_000, desync: "defensive", ...more }) as const;
  const server = createServer({ allowHalfOpen, noDelay: true }, (socket) => {
    const client = {
      address: "192.0.2.1",
      port: 1,
      localAddress: "192.0.2.2",
      localPort: 80,
      listenerPort: 80,
    } as const;
    const handler = { request, refused: (one: RefusedRequest) => void refused.push(one) };
    const deps = { clock: systemClock, timers: systemTimers };
    const who = { ...client, scheme: "http", connectionId: "TID_test" } as const;
    connections.push(serveHttp1(socket, who, settings, handler, deps));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });
  return {
    connections,
    refused,
    client: async () => {
      const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      return socket;
    },
  };
}

/** Everything that comes until the server ends the connection. */
async function all(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (piece) => {
    text += piece.toString("latin1");
  });
  socket.once("end", () => socket.end());
  if (!socket.destroyed) await once(socket, "close");
  return text;
}

/** What comes until it contains this. */
async function until(socket: Socket, end: string): Promise<string> {
  let text = "";
  for (;;) {
    const piece = socket.read() as Buffer | null;
    if (piece === null) await once(socket, "readable");
    else text += piece.toString("latin1");
    if (text.includes(end)) return text;
  }
}

/** Takes all of a body. */
function collect(act: (body: string) => void): Sink {
  let body = "";
  return {
    write: (piece) => {
      body += Buffer.from(piece).toString("latin1");
      return true;
    },
    end: () => act(body),
    abort: () => act("aborted"),
    drained: () => {},
  };
}

const echo = (exchange: Exchange): void => {
  exchange.readBody(collect((body) => answerBody(exchange, 200, "text/plain", `${exchange.target} ${body}`)));
};
const bodies = (text: string): string[] => text.split(/HTTP\/1\.1 \d+ [^\r]*\r\n(?:[^\r]+\r\n)*\r\n/).slice(1);

test("requests in one packet are answered one after the other, bodies and all", async () => {
  const { client } = await serving(echo);
  const socket = await client();
  const chunked =
    "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nX-T: 1\r\n\r\n";
  const last = "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n";
  socket.write(`POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi${chunked}${last}`);
  expect(bodies(await all(socket))).toEqual(["/1 hi", "/2 abcde", "/3 "]);
});

test("an answer of unknown length goes in chunks to 1.1, and up to the end of the connection to 1.0", async () => {
  const { client } = await serving((exchange) => {
    const sink = exchange.respond(200, "OK", [field("X-A", "1")], "unknown");
    sink.write(Buffer.from("hello"));
    sink.end([field("X-T", "1")]);
  });
  const socket = await client();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const head = "HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n";
  expect(await until(socket, "0\r\n")).toBe(`${head}5\r\nhello\r\n0\r\n\r\n`);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
  expect(await until(socket, "0\r\n")).toBe(`${head}5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n`);
  socket.write("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  expect(await all(socket)).toBe("HTTP/1.1 200 OK\r\nX-A: 1\r\nConnection: close\r\n\r\nhello");
});

test("answers to HEAD, 204 and 304 have no body, whatever is written", async () => {
  const { client } = await serving((exchange) => {
    const sink = exchange.respond(Number(exchange.target.slice(1)), undefined, [], 5);
    sink.write(Buffer.from("hello"));
    sink.end();
  });
  const socket = await client();
  socket.write("HEAD /200 HTTP/1.1\r\nHost: a\r\n\r\nGET /204 HTTP/1.1\r\nHost: a\r\n\r\n");
  socket.write("GET /304 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(await all(socket)).toBe(
    [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n",
      "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n",
      "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
    ].join(""),
  );
});

test("a client that waits for 100 gets it when its body is read, once", async () => {
  const { client } = await serving((exchange) => {
    if (exchange.target === "/no") answerBody(exchange, 403, "text/plain", "no");
    else echo(exchange);
  });
  const wait = (target: string): string =>
    `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`;
  const socket = await client();
  socket.write(wait("/"));
  expect(await until(socket, "\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("hi");
  expect(await until(socket, "hi")).toContain("/ hi");
  // Whether the body comes now nobody knows: nothing can come behind it.
  socket.write(wait("/no"));
  expect(await all(socket)).toMatch(/^HTTP\/1\.1 403 [^]*Connection: close\r\n\r\nno$/);
});

test("a refusal is said, told, and the last of the connection", async () => {
  const { client, refused } = await serving(echo);
  const socket = await client();
  socket.write(
    "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nGET / HTTP/1.1\r\n",
  );
  expect(await all(socket)).toMatch(
    /200 OK[^]*HTTP\/1\.1 400 Bad Request\r\nServer: awselb\/2\.0\r\n[^]*Connection: close/,
  );
  expect(refused).toMatchObject([{ status: 400, line: "GET /x HTTP/1.1", desync: { reason: "BadContentLength" } }]);
});

test("behind an ambiguous request the connection ends, and nothing that came with it is read", async () => {
  const asked: string[] = [];
  const { client } = await serving((exchange) => {
    asked.push(exchange.target);
    expect(exchange.last).toBe(true);
    echo(exchange);
  });
  const socket = await client();
  socket.write(
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  expect(await all(socket)).toMatch(/Connection: close/);
  expect(asked).toEqual(["/"]);
});

test("chunks that are none end the exchange with 400, or the connection where an answer has begun", async () => {
  const ends: boolean[] = [];
  const { client } = await serving((exchange) => {
    exchange.onEnd((whole) => ends.push(whole));
    if (exchange.target === "/early") exchange.respond(200, undefined, [], "unknown").write(Buffer.from("x"));
    exchange.readBody(collect(() => {}));
  });
  const request = (target: string): string =>
    `POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`;
  const late = await client();
  late.write(request("/late"));
  expect(await all(late)).toMatch(/^HTTP\/1\.1 400 /);
  const early = await client();
  early.write(request("/early"));
  expect(await all(early)).not.toContain("0\r\n\r\n");
  expect(ends).toEqual([false, false]);
});

test("a body that nobody wants is dropped if it is short, and else ends the connection", async () => {
  const { client } = await serving((exchange) => answerBody(exchange, 200, "text/plain", "ok"));
  const socket = await client();
  socket.write(
    `POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${"x".repeat(100_000)}GET /2 HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  socket.write("POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\nx");
  expect(bodies(await all(socket))).toEqual(["ok", "ok", "ok"]);
});

test("a client that does not take its answer holds up who writes it, and hears all of it in the end", async () => {
  const size = 32 * 1024 * 1024;
  let waited = 0;
  const { client } = await serving((exchange) => {
    const sink = exchange.respond(200, undefined, [], size);
    const piece = Buffer.alloc(64 * 1024);
    let left = size;
    const go = (): void => {
      while (left > 0) {
        // As a target's bytes do, the next piece comes into the same buffer.
        piece.fill(left / piece.length);
        left -= piece.length;
        if (sink.write(piece)) continue;
        waited++;
        sink.drained(go);
        return;
      }
      sink.end();
    };
    go();
  });
  const socket = await client();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const got: Buffer[] = [];
  socket.on("data", (piece) => got.push(piece));
  await once(socket, "end");
  const text = Buffer.concat(got);
  const body = text.subarray(text.indexOf("\r\n\r\n") + 4);
  expect(body.length).toBe(size);
  for (let at = 0; at < size; at += 64 * 1024) expect(body[at + 1000]).toBe(((size - at) / (64 * 1024)) % 256);
  expect(waited).toBeGreaterThan(0);
});

test("a body that is not taken holds up its client", async () => {
  const held = Promise.withResolvers<() => void>();
  let taken = 0;
  const { client } = await serving((exchange) => {
    const flow = exchange.readBody({
      write: (piece) => {
        taken += piece.length;
        return true;
      },
      end: () => answerBody(exchange, 200, "text/plain", String(taken)),
      abort: () => {},
      drained: () => {},
    });
    flow.pause();
    held.resolve(() => flow.resume());
  });
  const socket = await client();
  const size = 64 * 1024 * 1024;
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`);
  const flushed = new Promise((resolve) => socket.write(Buffer.alloc(size), resolve));
  const resume = await held.promise;
  expect(taken).toBe(0);
  resume();
  await flushed;
  expect(await all(socket)).toContain(String(size));
});

test("a switched connection carries bytes both ways from the first, and ends when both have ended", async () => {
  const ends: boolean[] = [];
  const { client } = await serving((exchange) => {
    expect(exchange.upgrade).toBe("websocket");
    exchange.onEnd((whole) => ends.push(whole));
    const channel: Channel = exchange.switchProtocols([field("Sec-WebSocket-Accept", "x")]);
    channel.receive({ ...channel, write: (piece) => channel.write(piece), end: () => channel.end() });
  });
  const socket = await client();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nfirst");
  const head =
    "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  expect(await until(socket, "first")).toBe(`${head}first`);
  socket.write("second");
  expect(await until(socket, "second")).toBe("second");
  socket.end("third");
  expect(await all(socket)).toBe("third");
  expect(ends).toEqual([true]);
});

test("a client that is silent in the middle of its head or body hears 408, an idle one nothing", async () => {
  const { client, refused } = await serving(echo, { idle: 60 });
  const [idle, head, body, whole] = [await client(), await client(), await client(), await client()];
  head.write("GET / HTTP/1.1\r\nHo");
  body.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  whole.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await all(idle)).toBe("");
  const answers = await Promise.all([all(head), all(body), all(whole)]);
  expect(answers.map((text) => text.slice(9, 12))).toEqual(["408", "408", "200"]);
  expect(refused).toMatchObject([{ status: 408, line: "GET / HTTP/1.1" }]);
});

test("a connection that has lived long enough ends behind its next answer", async () => {
  const settings = { life: 3_600_000 };
  const { client } = await serving((exchange) => {
    settings.life = 0;
    echo(exchange);
  }, settings);
  const socket = await client();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await all(socket)).toMatch(/Connection: close/);
});

test("draining ends an idle connection now and a busy one behind its answer", async () => {
  const asked = Promise.withResolvers<Exchange>();
  const { client, connections } = await serving((exchange) => asked.resolve(exchange));
  const [idle, busy] = [await client(), await client()];
  busy.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const exchange = await asked.promise;
  for (const connection of connections) connection.drain();
  expect(await all(idle)).toBe("");
  answerBody(exchange, 200, "text/plain", "done");
  expect(await all(busy)).toMatch(/Connection: close[^]*done$/);
});

test("an exchange is told that its client is gone", async () => {
  const asked = Promise.withResolvers<Exchange>();
  const { client } = await serving((exchange) => asked.resolve(exchange));
  const socket = await client();
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const exchange = await asked.promise;
  const ended = new Promise((resolve) => exchange.onEnd(resolve));
  socket.resetAndDestroy();
  expect(await ended).toBe(false);
  // Nothing is said any more, and nobody minds.
  answerBody(exchange, 200, "text/plain", "late");
});

test("a client that has said all still hears its answer if the socket may be half open, and else is gone", async () => {
  const half = await serving((exchange) => setImmediate(() => echo(exchange)));
  const heard = await half.client();
  heard.end("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await all(heard)).toContain("200 OK");

  const ended = Promise.withResolvers<boolean>();
  const whole = await serving((exchange) => exchange.onEnd(ended.resolve), {}, false);
  const gone = await whole.client();
  gone.end("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await ended.promise).toBe(false);
});

test("an answer that breaks off is never whole to its client", async () => {
  const { client } = await serving((exchange) => {
    const length = exchange.target === "/length" ? 10 : "unknown";
    const sink = exchange.respond(200, undefined, [], length);
    sink.write(Buffer.from("hello"));
    if (length === 10) sink.end();
    else sink.abort();
  });
  const short = await client();
  short.write("GET /length HTTP/1.1\r\nHost: a\r\n\r\n");
  await all(short);
  const reset = await client();
  const error = once(reset, "error");
  reset.write("GET / HTTP/1.0\r\n\r\n");
  reset.resume();
  expect((await error)[0]).toMatchObject({ code: "ECONNRESET" });
});

test("a connection that is closing is over soon, however much its client sends", async () => {
  const { client } = await serving(
    (exchange) => {
      const sink = exchange.respond(200, "OK", [], 64_000_000);
      for (let at = 0; at < 64; at++) sink.write(Buffer.alloc(1_000_000));
      sink.end();
    },
    { idle: 500 },
  );
  const socket = await client();
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const chatter = setInterval(() => socket.write("x"), 50);
  onTestFinished(() => clearInterval(chatter));
  await closed;
});
