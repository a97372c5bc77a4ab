import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { request as requestTls } from "node:https";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { randomIds } from "#lib/ids.ts";
import { selfSigned } from "../../tests/support/self-signed.ts";
import type { Call, Reply } from "./call.ts";
import { type HttpServer, type HttpServerDeps, httpServer, refuseUpgrade } from "./http-server.ts";

const opened: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ stop }) => stop(0)));
});

/** A server that answers every call with what it got. */
async function serve(deps: Partial<HttpServerDeps> = {}): Promise<{ door: HttpServer; port: number; calls: Call[] }> {
  const calls: Call[] = [];
  const answer = (call: Call): Promise<Reply> => {
    calls.push(call);
    const body = call.refusal ? `${call.refusal.code}: ${call.refusal.message}` : call.body.toString();
    return Promise.resolve({ status: call.refusal ? 413 : 200, headers: { "x-amzn-requestid": "1" }, body });
  };
  const onError = (error: unknown): void => expect.unreachable(String(error));
  const door = httpServer({ answer, ids: randomIds, onError, ...deps });
  opened.push(door);
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  return { door, port: (door.server.address() as AddressInfo).port, calls };
}

/** Sends bytes as they are and reads until the server closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  return readAll(socket);
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString();
}

/** Resolves when a connection is gone, in whatever way. */
function closed(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("error", () => {}).on("close", () => resolve());
  return promise;
}

test("a call has its method, path, query, headers, body and peer", async () => {
  const { port, calls } = await serve();
  await fetch(`http://127.0.0.1:${port}/a%2Fb?x=1&y=%20`, {
    method: "PUT",
    body: "hello",
    headers: { "X-Amz-Target": "t" },
  });
  expect(calls[0]).toMatchObject({ method: "PUT", path: "/a%2Fb", remoteAddress: "127.0.0.1" });
  expect([...(calls[0]?.query ?? [])]).toEqual([
    ["x", "1"],
    ["y", " "],
  ]);
  expect(calls[0]?.headers["x-amz-target"]).toBe("t");
  expect(calls[0]?.body.toString()).toBe("hello");
});

test("a body larger than the limit becomes RequestEntityTooLargeException, announced or not", async () => {
  const { port } = await serve({ bodyLimit: 1000 });
  const announced = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "x".repeat(1001) });
  expect([announced.status, await announced.text()]).toEqual([
    413,
    "RequestEntityTooLargeException: The request body is larger than 1000 bytes.",
  ]);
  const stream = new Blob(["x".repeat(1001)]).stream();
  const chunked = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(chunked.status).toBe(413);
  expect((await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "x".repeat(1000) })).status).toBe(200);
});

test("a body far beyond the limit is answered without being read, and the connection ends", async () => {
  const { port } = await serve({ bodyLimit: 1000 });
  const answer = await raw(port, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\nxxx");
  expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
});

test("a gzip body is inflated up to the limit, and signed as it came", async () => {
  const { port, calls } = await serve({ bodyLimit: 1000 });
  const send = (body: Buffer): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-encoding": "gzip" },
    });
  expect(await (await send(gzipSync("hello"))).text()).toBe("hello");
  expect(calls[0]?.signedBody).toEqual(gzipSync("hello"));
  expect(await (await send(gzipSync("x".repeat(1_000_000)))).text()).toContain("RequestEntityTooLargeException");
  expect(await (await send(Buffer.from("hello"))).text()).toContain("UnsupportedMediaTypeException");
});

test("what is no HTTP is answered 400, what is too much of it 431, both with a request id", async () => {
  const { port } = await serve();
  expect(await raw(port, "hello\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 400 Bad Request\r\nx-amzn-requestid: [0-9a-f-]{36}\r\n/,
  );
  expect(await raw(port, `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 [^]*x-amzn-requestid/,
  );
});

test("one connection carries many calls", async () => {
  const { door, port } = await serve();
  let connections = 0;
  door.server.on("connection", () => connections++);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let count = 0; count < 3; count++) {
    const call = request({ agent, port, host: "127.0.0.1" }).end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
  }
  agent.destroy();
  expect(connections).toBe(1);
});

test("other pages are asked before the gateway, but not for /", async () => {
  const asked: string[] = [];
  const page = (call: Call): Promise<Reply | undefined> => {
    asked.push(call.path);
    return Promise.resolve(
      call.path === "/metrics" ? { status: 200, headers: { "content-type": "text/plain" }, body: "m 1" } : undefined,
    );
  };
  const { port, calls } = await serve({ pages: [() => Promise.resolve(undefined), page] });
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([await metrics.text(), metrics.headers.get("x-amzn-requestid")]).toEqual([
    "m 1",
    expect.stringMatching(/^[0-9a-f-]{36}$/),
  ]);
  await fetch(`http://127.0.0.1:${port}/2013-04-01/hostedzone`);
  await fetch(`http://127.0.0.1:${port}/`);
  expect(asked).toEqual(["/metrics", "/2013-04-01/hostedzone"]);
  expect(calls.map(({ path }) => path)).toEqual(["/2013-04-01/hostedzone", "/"]);
});

test("a page that fails is answered 500 with the id under which it is told", async () => {
  const told: [unknown, string][] = [];
  const { port } = await serve({
    pages: [() => Promise.reject(new Error("secret"))],
    onError: (error, requestId) => void told.push([error, requestId]),
  });
  const answer = await fetch(`http://127.0.0.1:${port}/page`);
  expect([answer.status, await answer.text()]).toEqual([500, ""]);
  expect(told).toEqual([[new Error("secret"), answer.headers.get("x-amzn-requestid")]]);
});

test("an upgrade is handed over below /_sealkeeper/ and means nothing elsewhere", async () => {
  const { port } = await serve({
    upgrade: (_, socket, head) => void socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${head.toString()}`),
  });
  const ask = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhead`;
  expect(await raw(port, ask("/_sealkeeper/edge"))).toBe("HTTP/1.1 101 Switching Protocols\r\n\r\nhead");
  const socket = connect(port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n");
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("a client that breaks off while its upgrade is looked at breaks nothing else", async () => {
  const taken = Promise.withResolvers<Socket>();
  const { port } = await serve({ upgrade: (_, socket) => taken.resolve(socket as Socket) });
  const client = connect(port, "127.0.0.1");
  client.on("error", () => {});
  client.write("GET /_sealkeeper/edge HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
  const socket = await taken.promise;
  const gone = new Promise((resolve) => socket.on("close", resolve)); // `once` would listen for errors, too
  client.resetAndDestroy();
  socket.resume();
  await gone;
  expect(socket.errored).toMatchObject({ code: "ECONNRESET" });
});

test("a client whose upgrade is refused cannot keep its connection", async () => {
  const { door, port } = await serve({ upgrade: (_, socket) => refuseUpgrade(socket, "403 Forbidden") });
  const accepted = once(door.server, "connection") as Promise<[Socket]>;
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  client.write("GET /_sealkeeper/edge HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
  const [socket] = await accepted;
  const gone = once(socket, "close");
  expect(String(await once(client, "data"))).toMatch(/^HTTP\/1\.1 403 Forbidden/);
  await gone;
  client.destroy();
});

test("stopping lets what runs finish, and closes what is idle", async () => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const { door, port } = await serve({
    async answer() {
      arrived.resolve();
      await gate.promise;
      return { status: 200, headers: {}, body: "done" };
    },
  });
  const idle = connect(port, "127.0.0.1");
  await once(idle, "connect");
  const running = fetch(`http://127.0.0.1:${port}/`);
  await arrived.promise;
  const gone = closed(idle);
  const stopped = door.stop();
  const refused = connect(port, "127.0.0.1");
  await once(refused, "error");
  gate.resolve();
  const answer = await running;
  expect(await answer.text()).toBe("done");
  await stopped;
  await gone;
});

test("stopping does not wait longer than the grace for a call that hangs", async () => {
  const arrived = Promise.withResolvers<void>();
  const { door, port } = await serve({ answer: () => (arrived.resolve(), new Promise(() => {})) });
  const running = fetch(`http://127.0.0.1:${port}/`).catch(() => "cut off");
  await arrived.promise;
  await door.stop(10);
  expect(await running).toBe("cut off");
});

test("sockets that another listener hands over are served and stopped alike", async () => {
  const door = httpServer({
    answer: () => Promise.resolve({ status: 200, headers: {}, body: "ok" }),
    ids: randomIds,
    onError: (error) => expect.unreachable(String(error)),
  });
  const listener = createServer((socket) => void door.server.emit("connection", socket)).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("ok");
  const half = connect(port, "127.0.0.1");
  half.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhe");
  await once(door.server, "request");
  const gone = closed(half);
  await door.stop(0);
  await gone;
  listener.close();
});

test("a client that goes away in the middle of its body is nobody's error", async () => {
  const { door, port, calls } = await serve();
  const socket = connect(port, "127.0.0.1");
  const [peer] = (await Promise.all([once(door.server, "connection"), once(socket, "connect")]))[0] as [Socket];
  socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhe");
  await once(door.server, "request");
  socket.destroy();
  await once(peer, "close");
  expect(calls).toEqual([]);
});

test("the same is served over HTTPS", async () => {
  const { certificate, privateKey } = await selfSigned({ names: ["localhost"] });
  const door = httpServer(
    {
      answer: ({ path }) => Promise.resolve({ status: 200, headers: {}, body: path }),
      ids: randomIds,
      onError: (error) => expect.unreachable(String(error)),
    },
    { cert: certificate, key: privateKey },
  );
  opened.push(door);
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  const { port } = door.server.address() as AddressInfo;
  const call = requestTls({ port, host: "127.0.0.1", path: "/a", servername: "localhost", ca: certificate }).end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  expect(await text(response)).toBe("/a");
});
