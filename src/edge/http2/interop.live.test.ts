import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer as createHttp2, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTls } from "node:tls";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Exchange } from "#edge/http/exchange.ts";
import { answerStatus } from "#edge/http/own-answers.ts";
import type { TargetConnection, TargetExchange } from "#edge/targets/target-connection.ts";
import { systemClock } from "#lib/clock.ts";
import { systemTimers } from "#lib/timers.ts";
import { debian } from "../../../tests/support/debian.ts";
import { CLIENT, http2World, type Seen } from "../../../tests/support/http2-server.ts";
import { ask, targetConnection } from "../../../tests/support/http2-target.ts";
import { selfSigned } from "../../../tests/support/self-signed.ts";
import { serveHttp2 } from "./server-connection.ts";

const run = promisify(execFile);

/** Says what it heard. */
function echo({ exchange, body, trailers = [] }: Seen): void {
  const sink = exchange.respond(200, undefined, exchange.fields, trailers.length > 0 ? "unknown" : body.length);
  sink.write(Buffer.from(body, "latin1"));
  sink.end(trailers);
}

/** Our HTTP/2 joined to our connection to a target, with nothing in between. */
async function joined(targetPort: number): Promise<number> {
  let connection: TargetConnection | undefined;
  const passOn = async (exchange: Exchange): Promise<void> => {
    if (!connection || connection.room === 0) connection = await targetConnection(targetPort);
    let sent: TargetExchange | undefined;
    exchange.onEnd((whole) => {
      if (!whole) sent?.cancel();
    });
    sent = connection.send(
      {
        method: exchange.method,
        path: exchange.target,
        host: exchange.host ?? "",
        scheme: "http",
        fields: exchange.fields,
        bodyLength: exchange.bodyLength,
        upgrade: undefined,
        wantsTrailers: exchange.takesTrailers,
      },
      {
        informed: (status, fields) => exchange.inform(status, fields),
        answered: (status, reason, fields, length) => exchange.respond(status, reason, fields, length),
        switched() {},
        failed: () => answerStatus(exchange, 502),
      },
    );
    if (exchange.bodyLength !== 0) exchange.readBody(sent.body);
  };
  return listening((exchange) => void passOn(exchange));
}

async function listening(request: (exchange: Exchange) => void): Promise<number> {
  const limits = { idle: 60_000, life: 600_000, desync: "defensive" } as const;
  const deps = { clock: systemClock, timers: systemTimers };
  const server = createServer({ noDelay: true }, (socket) => {
    serveHttp2(socket, CLIENT, () => limits, { request, refused() {} }, deps);
    sockets.add(socket);
  });
  const sockets = new Set<{ destroy(): void }>();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function client(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  return session;
}

interface Said {
  readonly headers: Record<string, unknown>;
  readonly trailers: Record<string, unknown>;
  readonly body: Buffer;
}

async function say(
  session: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  body: Buffer | string = "",
  trailers?: Record<string, string>,
): Promise<Said> {
  const stream = session.request(headers, {
    endStream: body.length === 0 && !trailers,
    waitForTrailers: trailers !== undefined,
  });
  if (trailers) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  if (body.length > 0 || trailers) stream.end(body);
  const said = { headers: {}, trailers: {}, body: Buffer.alloc(0) } as { -readonly [K in keyof Said]: Said[K] };
  stream.on("response", (got) => (said.headers = got));
  stream.on("trailers", (got) => (said.trailers = got));
  const pieces: Buffer[] = [];
  stream.on("data", (piece) => pieces.push(piece));
  await once(stream, "end");
  return { ...said, body: Buffer.concat(pieces) };
}

describe("clients of others", () => {
  test("node:http2: heads, bodies, trailers, many at once, round trips through both tables of HPACK", async () => {
    const { port } = await http2World(echo);
    const session = client(port);
    const rounds = Array.from({ length: 300 }, async (_, i) => {
      const body = "x".repeat((i * 977) % 50_000);
      const fields = {
        "x-round": String(i),
        "x-same": "same",
        "x-long": "ü".repeat(i),
        "x-twice": ["1", "2"],
        authorization: `secret ${i}`,
      };
      const got = await say(session, { ":method": "POST", ":path": `/${i}?q=${"y".repeat(i)}`, ...fields }, body, {
        "x-last": String(i),
      });
      expect(got.headers).toMatchObject({
        ":status": 200,
        ...fields,
        "x-twice": "1, 2",
      });
      expect(got.body.toString()).toBe(body);
      expect(got.trailers).toMatchObject({ "x-last": String(i) });
    });
    await Promise.all(rounds.slice(0, 100));
    await Promise.all(rounds);
  });

  test("node:http2 with small tables, small windows and large frames", async () => {
    const { port } = await http2World(echo);
    for (const settings of [
      { headerTableSize: 0 },
      { headerTableSize: 100 },
      { headerTableSize: 65_536 },
      { initialWindowSize: 100 },
      { maxFrameSize: 1_000_000 },
    ]) {
      const session = connect(`http://127.0.0.1:${port}`, { settings });
      onTestFinished(() => session.destroy());
      for (let i = 0; i < 5; i++) {
        const got = await say(session, { ":method": "POST", "x-a": "same", "x-b": String(i) }, "z".repeat(70_000));
        expect(got.headers).toMatchObject({ "x-a": "same", "x-b": String(i) });
        expect(got.body).toHaveLength(70_000);
      }
    }
  });

  test("curl over TLS and in clear", async () => {
    debian("curl");
    const { certificate, privateKey } = await selfSigned({
      names: ["a.test"],
      notBefore: new Date("2020-01-01"),
      notAfter: new Date("2050-01-01"),
    });
    const body = randomBytes(300_000).toString("hex");
    const answer = (exchange: Exchange): void => {
      const sink = exchange.respond(200, undefined, [], body.length);
      sink.write(Buffer.from(body));
      sink.end();
    };
    const deps = { clock: systemClock, timers: systemTimers };
    const limits = { idle: 60_000, life: 600_000, desync: "defensive" } as const;
    const server = createTls({ cert: certificate, key: privateKey, ALPNProtocols: ["h2"] }, (socket) => {
      serveHttp2(socket, CLIENT, () => limits, { request: answer, refused() {} }, deps);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const tlsPort = (server.address() as AddressInfo).port;
    const options = { maxBuffer: 2 ** 24 };
    const { stdout } = await run(
      "curl",
      ["-sk", "--http2", "-w", "%{http_version} %{http_code}", `https://127.0.0.1:${tlsPort}/`],
      options,
    );
    expect(stdout).toBe(`${body}2 200`);
    const clear = await listening(answer);
    const again = await run(
      "curl",
      ["-s", "--http2-prior-knowledge", "-w", "%{http_version} %{http_code}", `http://127.0.0.1:${clear}/`],
      options,
    );
    expect(again.stdout).toBe(stdout);
  });

  test("nghttp and h2load: 20,000 requests on 8 connections, none failed", async () => {
    debian("nghttp2-client");
    const port = await listening((exchange) => {
      const sink = exchange.respond(200, undefined, [], 5);
      sink.write(Buffer.from("hello"));
      sink.end();
    });
    const { stdout } = await run("nghttp", ["-v", `http://127.0.0.1:${port}/`]);
    expect(stdout).toContain(":status: 200");
    const load = await run("h2load", ["-n", "20000", "-c", "8", "-m", "32", `http://127.0.0.1:${port}/`]);
    expect(load.stdout).toContain("20000 succeeded, 0 failed, 0 errored, 0 timeout");
  });
});

describe("targets of others", () => {
  async function target(
    stream: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
    settings = {},
  ): Promise<number> {
    const server = createHttp2({ settings });
    server.on("stream", stream);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  test("node:http2: what is asked is heard, what is answered comes back", async () => {
    const port = await target((stream, { [":path"]: path, "x-a": a }) => {
      stream.additionalHeaders({ ":status": 103, link: "x" });
      stream.respond({ ":status": 201, "x-path": String(path), "x-a": String(a) }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-last": "z" }));
      stream.pipe(stream);
    });
    const connection = await targetConnection(port);
    const asked = Array.from({ length: 50 }, (_, i) => {
      const body = String(i).repeat(2_000);
      const one = ask(connection, {
        method: "POST",
        path: `/${i}`,
        fields: [{ name: "X-A", key: "x-a", value: String(i) }],
        bodyLength: i % 2 ? body.length : "unknown",
      });
      one.exchange.body.write(Buffer.from(body));
      one.exchange.body.end();
      return { body, one };
    });
    for (const [i, { body, one }] of asked.entries()) {
      const { status, fields, trailers, informed, end, body: back } = await one.outcome;
      expect({ status, informed, end }).toEqual({ status: 201, informed: [103], end: "whole" });
      expect(back).toBe(body);
      expect(fields).toContainEqual({ name: "x-path", key: "x-path", value: `/${i}` });
      expect(trailers).toEqual([{ name: "x-last", key: "x-last", value: "z" }]);
    }
    expect(connection.room).toBe(1_000);
  });

  test("a large body both ways, through client, both our sides and target, is the same", async () => {
    const port = await joined(
      await target((stream) => {
        stream.respond({ ":status": 200 });
        stream.pipe(stream);
      }),
    );
    const session = client(port);
    const body = randomBytes(2_500_000); // node:http2 keeps ten megabytes at most
    const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    const got = await Promise.all([1, 2, 3].map(() => say(session, { ":method": "POST" }, body)));
    for (const one of got) expect(digest(one.body)).toBe(digest(body));
  });

  test("what a slow client does not read is not read from the target", async () => {
    let written = 0;
    const port = await joined(
      await target((stream) => {
        stream.respond({ ":status": 200 });
        const more = (): void => {
          while (stream.write(Buffer.alloc(65_536))) written += 65_536;
        };
        stream.on("drain", more);
        stream.on("error", () => {});
        more();
      }),
    );
    const session = client(port);
    const stream = session.request({ ":path": "/" });
    await once(stream, "response");
    stream.pause();
    for (let before = -1, turns = 0; turns < 2_000; turns = written === before ? turns + 1 : 0) {
      before = written;
      await new Promise(setImmediate);
    }
    expect(written).toBeLessThan(8_000_000);
    stream.destroy();
  });
});

describe("gRPC through both our sides", () => {
  const codec = {
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes: Buffer) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes: Buffer) => bytes.toString(),
  };
  const service = {
    unary: { path: "/echo.Echo/Unary", requestStream: false, responseStream: false, ...codec },
    up: { path: "/echo.Echo/Up", requestStream: true, responseStream: false, ...codec },
    down: { path: "/echo.Echo/Down", requestStream: false, responseStream: true, ...codec },
    both: { path: "/echo.Echo/Both", requestStream: true, responseStream: true, ...codec },
  };

  interface Handlers {
    readonly unary: grpc.handleUnaryCall<string, string>;
    readonly up: grpc.handleClientStreamingCall<string, string>;
    readonly down: grpc.handleServerStreamingCall<string, string>;
    readonly both: grpc.handleBidiStreamingCall<string, string>;
  }

  async function world(): Promise<grpc.Client> {
    const server = new grpc.Server();
    const implementation: Handlers = {
      unary: ({ request }, done) => {
        if (request === "fail") done({ code: grpc.status.NOT_FOUND, details: "no such thing: ü" });
        else done(null, `${request}!`);
      },
      up(call, done) {
        let all = "";
        call.on("data", (text) => (all += text));
        call.on("end", () => done(null, all));
      },
      down(call) {
        for (let i = 0; i < 1_000; i++) call.write(`${call.request}${i}`);
        call.end();
      },
      both(call) {
        call.on("data", (text) => call.write(`${text}?`));
        call.on("end", () => call.end());
      },
    };
    server.addService(service, { ...implementation });
    const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
    onTestFinished(() => server.forceShutdown());
    const stub = new grpc.Client(`127.0.0.1:${await joined(port as number)}`, grpc.credentials.createInsecure());
    onTestFinished(() => stub.close());
    return stub;
  }
  const { requestSerialize, responseDeserialize } = codec;

  test("unary: answers, and errors in trailers", async () => {
    const stub = await world();
    const unary = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        stub.makeUnaryRequest(service.unary.path, requestSerialize, responseDeserialize, text, (error, answer) =>
          error ? reject(error) : resolve(answer!),
        );
      });
    expect(await unary("hello")).toBe("hello!");
    await expect(unary("fail")).rejects.toMatchObject({ code: grpc.status.NOT_FOUND, details: "no such thing: ü" });
    const many = await Promise.all(Array.from({ length: 200 }, (_, i) => unary(String(i))));
    expect(many).toEqual(Array.from({ length: 200 }, (_, i) => `${i}!`));
  });

  test("streams up, down and both ways at once", async () => {
    const stub = await world();
    const up = new Promise((resolve, reject) => {
      const call = stub.makeClientStreamRequest(
        service.up.path,
        requestSerialize,
        responseDeserialize,
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
      for (let i = 0; i < 500; i++) call.write(`${i} `);
      call.end();
    });
    expect(await up).toBe(Array.from({ length: 500 }, (_, i) => `${i} `).join(""));
    const down: string[] = [];
    for await (const text of stub.makeServerStreamRequest(
      service.down.path,
      requestSerialize,
      responseDeserialize,
      "n",
    ))
      down.push(text as string);
    expect(down).toHaveLength(1_000);
    const call = stub.makeBidiStreamRequest(service.both.path, requestSerialize, responseDeserialize);
    for (let i = 0; i < 100; i++) {
      call.write(`ping ${i}`);
      expect(await once(call, "data")).toEqual([`ping ${i}?`]);
    }
    const status = once(call, "status");
    call.end();
    call.resume();
    expect((await status)[0]).toMatchObject({ code: grpc.status.OK });
  });

  test("a call that is cancelled is cancelled at its target", async () => {
    const stub = await world();
    const call = stub.makeBidiStreamRequest(service.both.path, requestSerialize, responseDeserialize);
    call.write("x");
    await once(call, "data");
    const error = once(call, "error");
    call.cancel();
    expect((await error)[0]).toMatchObject({ code: grpc.status.CANCELLED });
  });
});
