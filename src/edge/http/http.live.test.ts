import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import {
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { Agent, request as requestHttps } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer as createTcp } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { balancer, doing, FORWARD, targetGroup } from "../../../tests/support/edge-config.ts";
import { edgeWorld, eventually } from "../../../tests/support/edge-world.ts";
import { get, handshake, text } from "../../../tests/support/tls-client.ts";

/** An application of the test's own. */
async function application(answer: RequestListener): Promise<Server & { port: number }> {
  const server = createServer((request, response) => {
    if (request.url === "/health") response.end("well");
    else answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** An edge that forwards HTTPS to these ports. */
async function forwarding(
  ports: readonly number[],
  more: Parameters<typeof balancer>[1] = {},
): Promise<{
  port: number;
  world: Awaited<ReturnType<typeof edgeWorld>>;
}> {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  const listener = { certificates: [certificate.arn], defaultRule: FORWARD };
  await world.put(balancer(listener, { targetGroups: [targetGroup(ports)], ...more }));
  return { world, port: await world.port() };
}

async function plain(port: number, bytes: string): Promise<string> {
  const socket = connectTcp(port, "127.0.0.1");
  socket.end(bytes);
  return text(socket);
}

const answersHeaders: RequestListener = (request, response) => response.end(JSON.stringify(request.rawHeaders));
const fields = (body: string): [string, string][] => {
  const flat = JSON.parse(body) as string[];
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!.toLowerCase(), flat[2 * i + 1]!]);
};

describe("a forwarded request", () => {
  test("tells the target where it comes from, and nothing that was between the client and the edge", async () => {
    const app = await application(answersHeaders);
    const { port } = await forwarding([app.port]);
    const headers = {
      "X-Forwarded-For": "192.0.2.1",
      "X-Forwarded-Proto": "gopher",
      "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
      Connection: "x-secret-hop, close",
      "X-Secret-Hop": "1",
      TE: "trailers",
      Cookie: "a=b",
    };
    const { body } = await get(port, "/path?query", { headers });
    const got = fields(body);
    const names = got.map(([name]) => name);
    expect(Object.fromEntries(got)).toMatchObject({
      "x-forwarded-for": "192.0.2.1, 127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-port": "0",
      "x-amzn-trace-id": expect.stringMatching(
        /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
      ),
      host: "a.test:0",
      cookie: "a=b",
    });
    for (const absent of ["x-secret-hop"]) expect(names).not.toContain(absent);
    expect(new Set(names).size).toBe(names.length);
  });

  test("passes method, path, body and answer on as they are", async () => {
    const app = await application((request, response) => {
      response.writeHead(207, "Many Things", ["Set-Cookie", "a=1", "X-Odd", "ä", "Set-Cookie", "b=2"]);
      response.write(`${request.method} ${request.url} `);
      request.pipe(response);
    });
    const { port } = await forwarding([app.port]);
    const answer = await get(port, "/a%2Fb/../c?x=%20&y", { method: "PATCH", body: "content" });
    expect(answer).toMatchObject({ status: 207, body: "PATCH /a%2Fb/../c?x=%20&y content" });
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.rawHeaders).not.toContain("awselb/2.0");
  });

  test("streams big bodies both ways, in HTTP/1.1 and HTTP/2", async () => {
    const app = await application((request, response) => void request.pipe(response));
    const { port } = await forwarding([app.port]);
    const sent = randomBytes(8 * 2 ** 20);

    const asked = requestHttps({
      host: "127.0.0.1",
      port,
      method: "POST",
      rejectUnauthorized: false,
      servername: "a.test",
    });
    Readable.from([sent]).pipe(asked);
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    expect((await bytes(response)).equals(sent)).toBe(true);

    const { stream, close } = await http2(port, { ":method": "POST", ":path": "/" }, false);
    stream.end(sent);
    expect((await bytes(stream)).equals(sent)).toBe(true);
    close();
  });

  test("holds a fast target back when its client is slow", async () => {
    let written = 0;
    const app = await application((_, response) => {
      const chunk = Buffer.alloc(2 ** 18);
      const fill = (): void => {
        while (written < 2 ** 28) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", fill);
        }
        response.end();
      };
      response.on("error", () => {});
      fill();
    });
    const { port } = await forwarding([app.port]);
    const socket = await handshake(port, { servername: "a.test" });
    socket.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    await once(socket, "readable"); // and then no more is read
    let before = -1;
    await eventually("a standstill", async () => {
      const still = before === written;
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return still ? true : undefined;
    });
    expect(written).toBeLessThan(2 ** 26);
    socket.destroy();
  });

  test("goes to the targets in turn, over kept connections", async () => {
    const hits: number[] = [];
    const connections = new Set<unknown>();
    const apps = await Promise.all(
      [0, 1].map((n) =>
        application((request, response) => {
          hits.push(n);
          connections.add(request.socket);
          response.end(String(n));
        }),
      ),
    );
    const { port, world } = await forwarding(apps.map((app) => app.port));
    await healthy(world, 2);
    for (let i = 0; i < 6; i++) await get(port, "/");
    expect(hits.filter((n) => n === 0)).toHaveLength(3);
    expect(connections.size).toBe(2);
  });

  test("of a client that goes away is taken back", async () => {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const app = await application((request) => {
      arrived.resolve();
      request.socket.once("close", () => closed.resolve());
    });
    const { port } = await forwarding([app.port]);
    const socket = await handshake(port, { servername: "a.test" });
    socket.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    await arrived.promise;
    socket.destroy();
    await closed.promise;
  });
});

test("a request that came through more than 30 others is answered 463", async () => {
  const { port } = await forwarding([]);
  const through = (count: number): string => Array.from({ length: count }, () => "192.0.2.1").join(", ");
  expect((await get(port, "/", { headers: { "X-Forwarded-For": through(30) } })).status).toBe(503);
  expect((await get(port, "/", { headers: { "X-Forwarded-For": through(31) } })).status).toBe(463);
});

test("an answer that does not wait for the end of a request is passed on, and the connection goes on", async () => {
  let hangUp = (): void => {};
  const app = await application((request, response) => {
    response.writeHead(413).end("too much");
    hangUp = () => request.socket.destroy();
  });
  const { port } = await forwarding([app.port]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, servername: "a.test" });
  for (const size of [20_000_000, 10]) {
    const asked = requestHttps({ host: "127.0.0.1", port, agent, method: "POST", headers: { host: "a.test" } });
    asked.end(Buffer.alloc(size));
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    expect([response.statusCode, await text(response)]).toEqual([413, "too much"]);
    hangUp();
    if (!asked.writableFinished) await once(asked, "finish");
  }
  agent.destroy();
});

test.for([
  ["GET", undefined, []],
  ["DELETE", undefined, []],
  ["POST", undefined, ["content-length: 0"]],
  ["PROPFIND", undefined, []],
  ["GET", "body", ["content-length: 4"]],
] as const)("a %s with the body %s is framed as it came", async ([method, body, expected]) => {
  const app = await application(answersHeaders);
  const { port } = await forwarding([app.port]);
  const length = body === undefined ? {} : { "content-length": body.length };
  const answer = await get(port, "/", { method, headers: length, ...(body === undefined ? {} : { body }) });
  const framing = fields(answer.body).filter(([name]) => /^(content-length|transfer-encoding)$/.test(name));
  expect(framing.map((field) => field.join(": "))).toEqual(expected);
});

test("a client with a sticky target comes back to it", async () => {
  const apps = await Promise.all([0, 1, 2].map((n) => application((_, response) => response.end(String(n)))));
  const attributes = { "stickiness.enabled": "true", "stickiness.type": "lb_cookie" };
  const group = targetGroup(
    apps.map(({ port }) => port),
    { attributes },
  );
  const { port, world } = await forwarding([], { targetGroups: [group] });
  await healthy(world, 3);
  const first = await get(port, "/");
  const [cookie = ""] = first.headers["set-cookie"]?.[0]?.split(";") ?? [];
  const bodies = [];
  for (let i = 0; i < 4; i++) bodies.push((await get(port, "/", { headers: { cookie } })).body);
  expect(new Set([first.body, ...bodies]).size).toBe(1);
});

test("clients that broke off leave nothing behind: an edge that stops need not wait for them", async () => {
  const app = await application((request, response) => {
    request.resume();
    request.once("end", () => response.end("x".repeat(100_000)));
  });
  const world = await edgeWorld({ withEdge: false });
  const certificate = await world.certify(["a.test"]);
  await world.add(
    balancer({ certificates: [certificate.arn], defaultRule: FORWARD }, { targetGroups: [targetGroup([app.port])] }),
  );
  const edge = world.startEdge();
  const port = await world.port();
  const head = "Host: a.test\r\n";
  for (const request of [
    "",
    "GET / HT",
    `GET / HTTP/1.1\r\n${head}\r\n`,
    `POST / HTTP/1.1\r\n${head}Content-Length: 10\r\n\r\nhalf`,
    `GET / HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ]) {
    for (const how of ["destroy", "end"] as const) {
      const socket = await handshake(port, { servername: "a.test" });
      await new Promise((resolve) => socket.write(request, resolve));
      socket.resume();
      if (how === "end") socket.end();
      else socket.destroy();
    }
  }
  const { stream, close } = await http2(port, { ":method": "POST", ":path": "/" }, false);
  stream.on("error", () => {});
  await new Promise((resolve) => stream.write("half", resolve));
  close();
  const before = performance.now();
  await edge.stop();
  expect(performance.now() - before).toBeLessThan(3_000);
});

describe("a target that fails", () => {
  test("by being down answers 502", async () => {
    const { port } = await forwarding([await deadPort()]);
    const answer = await get(port, "/");
    expect(answer).toMatchObject({ status: 502, headers: { server: "awselb/2.0", "content-type": "text/html" } });
    expect(answer.body).toContain("<center><h1>502 Bad Gateway</h1></center>");
  });

  test("by saying no HTTP answers 502", async () => {
    const port = await rawTarget("hello, who is there?\r\n\r\n");
    expect((await get((await forwarding([port])).port, "/")).status).toBe(502);
  });

  test("by saying two lengths answers 502", async () => {
    const port = await rawTarget("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx");
    expect((await get((await forwarding([port])).port, "/")).status).toBe(502);
  });

  test("in the middle of its answer ends the client's connection", async () => {
    const port = await rawTarget("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    await expect(get((await forwarding([port])).port, "/")).rejects.toThrow(/aborted|ECONNRESET/);
  });

  test("by not being there answers 503", async () => {
    const { port } = await forwarding([]);
    const answer = await get(port, "/");
    expect(answer.status).toBe(503);
    expect(answer.body).toContain("<head><title>503 Service Temporarily Unavailable</title></head>");
  });

  test("by silence answers 504", async () => {
    const app = await application(() => {});
    const attributes = { "idle_timeout.timeout_seconds": "1" };
    const { port } = await forwarding([app.port], { attributes });
    expect((await get(port, "/")).status).toBe(504);
  });

  test("by closing a kept connection just then is asked again", async () => {
    const app = await application((_, response) => response.end("answered"));
    app.keepAliveTimeout = 60_000;
    const { port } = await forwarding([app.port]);
    expect((await get(port, "/")).body).toBe("answered");
    app.closeAllConnections(); // the edge does not know it yet
    expect(await get(port, "/")).toMatchObject({ status: 200, body: "answered" });
  });
});

describe("health", () => {
  test("decides who gets requests, and is reported when it changes", async () => {
    const sick = createServer((_, response) => response.writeHead(500).end("sick"));
    sick.listen(0, "127.0.0.1");
    await once(sick, "listening");
    onTestFinished(() => {
      sick.closeAllConnections();
      sick.close();
    });
    const app = await application((_, response) => response.end("well"));
    const ports = [(sick.address() as AddressInfo).port, app.port];
    const { port, world } = await forwarding(ports);
    await healthy(world, 1);
    const bodies = new Set<string>();
    for (let i = 0; i < 4; i++) bodies.add((await get(port, "/")).body);
    expect([...bodies]).toEqual(["well"]);
    const rows = await world.store.selectFrom("edgeTargets").select(["port", "state", "reason"]).execute();
    expect(rows.map(({ state }) => state).sort()).toEqual(["healthy", "initial"]);
  });
});

describe("the listener's own answers", () => {
  test("redirect with the parts of the URL filled in", async () => {
    const world = await edgeWorld();
    const action = {
      type: "redirect",
      statusCode: 301,
      protocol: "HTTPS",
      host: "#{host}",
      port: "443",
      path: "/new/#{path}",
      query: "#{query}",
    } as const;
    await world.put(balancer({ protocol: "HTTP", defaultRule: doing(action) }));
    const answer = await plain(
      await world.port(),
      "GET /a/b?c=d HTTP/1.1\r\nHost: a.test:80\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 301 Moved Permanently\r\n/);
    expect(answer).toContain("\r\nLocation: https://a.test:443/new/a/b?c=d\r\n");
  });

  test("are the same to HTTP/2", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [certificate.arn] }));
    const { stream, headers, close } = await http2(await world.port(), { ":path": "/" });
    expect(headers).toMatchObject({ ":status": 200, server: "awselb/2.0", "content-length": "5" });
    expect(await text(stream)).toBe("hello");
    close();
  });
});

describe("HTTP/2", () => {
  test("reaches targets as HTTP/1.1, with cookies in one field", async () => {
    const app = await application((request, response) => {
      response.setHeader("Connection", "keep-alive");
      response.setHeader("X-Twice", ["1", "2"]);
      response.end(JSON.stringify([request.httpVersion, request.headers.cookie, request.headers.host]));
    });
    const { port } = await forwarding([app.port]);
    const { stream, headers, close } = await http2(port, {
      ":path": "/",
      ":authority": "a.test",
      cookie: ["a=1", "b=2"],
    });
    expect(headers).toMatchObject({ ":status": 200, "x-twice": "1, 2" });
    expect(headers).not.toHaveProperty("connection");
    expect(JSON.parse(await text(stream))).toEqual(["1.1", "a=1; b=2", "a.test:0"]);
    close();
  });

  test("is not offered where it is switched off", async () => {
    const app = await application((_, response) => response.end());
    const { port } = await forwarding([app.port], { attributes: { "routing.http2.enabled": "false" } });
    const socket = await handshake(port, { servername: "a.test", ALPNProtocols: ["h2", "http/1.1"] });
    expect(socket.alpnProtocol).toBe("http/1.1");
    socket.destroy();
  });
});

describe("WebSocket", () => {
  test("is passed through, first bytes included", async () => {
    const app = await application((_, response) => response.end());
    app.on("upgrade", (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Host: ${request.headers.host}\r\n\r\nfirst`,
      );
      socket.pipe(socket);
    });
    const { port } = await forwarding([app.port]);
    const asked = requestHttps({
      host: "127.0.0.1",
      port,
      servername: "a.test",
      rejectUnauthorized: false,
      headers: { Host: "a.test", Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "eA==" },
    }).end();
    const [response, socket, head] = await once(asked, "upgrade");
    expect(response.headers).toMatchObject({ upgrade: "websocket", "x-host": "a.test:0" });
    let heard = String(head);
    socket.on("data", (chunk: Buffer) => {
      heard += chunk;
    });
    socket.write("echo");
    await eventually("the echo", async () => (heard === "firstecho" ? true : undefined));
    socket.destroy();
  });

  test("that the target refuses is answered with its refusal", async () => {
    const app = await application((_, response) => response.writeHead(401).end("no"));
    const { port } = await forwarding([app.port]);
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    expect(await get(port, "/", { headers })).toMatchObject({ status: 401, body: "no" });
  });
});

describe("a request that could be read in two ways is refused", () => {
  test.for([
    ["two content lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400],
    ["an odd transfer coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501],
    ["a coding that only looks chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400],
    ["a space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n", 400],
    ["a folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400],
    ["a bare line feed", "GET / HTTP/1.1\nHost: a\n\n", 400],
    ["a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["a zero character", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400],
    ["fields of more than 64 kB", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(70_000)}\r\n\r\n`, 400],
    ["CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405],
    ["a target of more than 16 kB", `GET /${"x".repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ] as const)("%s", async ([, request, status]) => {
    let reached = 0;
    const app = await application((_, response) => {
      reached++;
      response.end("reached");
    });
    const world = await edgeWorld();
    const listener = { protocol: "HTTP", defaultRule: FORWARD } as const;
    await world.put(balancer(listener, { targetGroups: [targetGroup([app.port])] }));
    const answer = await plain(await world.port(), request);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain("Connection: close");
    expect(answer.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
    expect(reached).toBe(0);
  });
});

async function http2(
  port: number,
  headers: OutgoingHttpHeaders,
  end = true,
): Promise<{ stream: ClientHttp2Stream; headers: IncomingHttpHeaders; close: () => void }> {
  const session = connectHttp2(`https://a.test:${port}`, {
    servername: "a.test",
    rejectUnauthorized: false,
    lookup: loopback as never,
  });
  const stream = session.request({ ":authority": "a.test", ...headers }, { endStream: end });
  const got = end ? ((await once(stream, "response"))[0] as IncomingHttpHeaders) : {};
  return { stream, headers: got, close: () => session.destroy() };
}

function loopback(_name: string, options: { all?: boolean }, done: (...answer: unknown[]) => void): void {
  if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
}

async function bytes(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function healthy(world: Awaited<ReturnType<typeof edgeWorld>>, count: number): Promise<void> {
  await eventually(`${count} healthy targets`, async () => {
    const rows = await world.store.selectFrom("edgeTargets").select("state").execute();
    return rows.filter(({ state }) => state === "healthy").length === count ? true : undefined;
  });
}

async function deadPort(): Promise<number> {
  const server = createTcp().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function rawTarget(answer: string): Promise<number> {
  const server = createTcp((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
