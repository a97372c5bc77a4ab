import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage } from "node:http";
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  createServer as createHttp2,
  createSecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createHttps } from "node:https";
import { createServer, type Server } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import type { EdgeTargetGroup } from "#domain/edge-config.ts";
import { field } from "#edge/http/fields.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { forwardingWorld, GET, listening, rawTarget, say } from "../../../tests/support/forwarding.ts";
import { selfSigned } from "../../../tests/support/self-signed.ts";

const status = (answer: string): number => Number(answer.slice(9, 12));

async function certificate(): Promise<{ key: string; cert: string }> {
  const made = await selfSigned({ names: ["elsewhere.example"], notAfter: new Date("2026-11-02T00:00:00Z") });
  return { key: made.privateKey, cert: made.certificate };
}

/** An HTTPS application with an expired certificate of another name; tells of the connections that came. */
async function secureApp(options: object = {}) {
  const connections: { version: string | null; cipher: string; resumed: boolean; sni: string | false }[] = [];
  const server = createHttps({ ...(await certificate()), ...options }, (_, response) => response.end("ok"));
  server.on("secureConnection", (socket: TLSSocket) =>
    connections.push({
      version: socket.getProtocol(),
      cipher: socket.getCipher().name,
      resumed: socket.isSessionReused(),
      sni: (socket as TLSSocket & { servername: string | false }).servername,
    }),
  );
  return { port: await listening(server), connections };
}

describe("HTTPS targets", () => {
  const HTTPS: Partial<EdgeTargetGroup> = { protocol: "HTTPS" };

  test("are reached whatever their certificate, without SNI, and sessions are resumed", async () => {
    const app = await secureApp();
    const world = await forwardingWorld({
      groups: [targetGroup([app.port], HTTPS)],
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      attributes: { "idle_timeout.timeout_seconds": "10" },
    });
    expect(status(await say(world.port, GET))).toBe(200);
    expect(status(await say(world.port, GET))).toBe(200);
    expect(app.connections).toHaveLength(1);
    world.timers.advance(11_000);
    expect(status(await say(world.port, GET))).toBe(200);
    expect(app.connections).toMatchObject([
      { version: "TLSv1.3", resumed: false, sni: false },
      { version: "TLSv1.3", resumed: true },
    ]);
  });

  test.for([
    ["ELBSecurityPolicy-TLS13-1-3-2021-06", { maxVersion: "TLSv1.3" }, "TLSv1.3"],
    ["ELBSecurityPolicy-2016-08", { maxVersion: "TLSv1.3" }, "TLSv1.2"],
    [
      "ELBSecurityPolicy-2016-08",
      { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" },
      "TLSv1",
    ],
    ["ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", { ciphers: "TLS_AES_256_GCM_SHA384" }, "TLSv1.3"],
  ] as const)("behind %s, that offer %j, speak %s", async ([sslPolicy, options, version]) => {
    const app = await secureApp(options);
    const { port } = await forwardingWorld({ groups: [targetGroup([app.port], HTTPS)], sslPolicy });
    expect(status(await say(port, GET))).toBe(200);
    expect(app.connections).toMatchObject([{ version }]);
  });

  test("that offer nothing in common with the policy: 502, and a TLS error", async () => {
    const app = await secureApp({ minVersion: "TLSv1.3" });
    const world = await forwardingWorld({
      groups: [targetGroup([app.port], HTTPS)],
      sslPolicy: "ELBSecurityPolicy-2016-08",
    });
    expect(status(await say(world.port, GET))).toBe(502);
    expect(await world.ended(0)).toMatchObject({ tlsErrors: 1, connectionErrors: 0, sentAt: undefined });
  });

  test("that do not speak TLS at all, or never answer the handshake: 502", async () => {
    const plain = await listening(createServer((socket) => socket.once("data", () => socket.end("no"))));
    const first = await forwardingWorld({ groups: [targetGroup([plain], HTTPS)] });
    expect(status(await say(first.port, GET))).toBe(502);
    expect(await first.ended(0)).toMatchObject({ tlsErrors: 1 });
    const heard = Promise.withResolvers<void>();
    const silent = await listening(createServer((socket) => socket.once("data", () => heard.resolve())));
    const second = await forwardingWorld({ groups: [targetGroup([silent], HTTPS)] });
    const answer = say(second.port, GET);
    await heard.promise;
    second.timers.advance(10_000);
    expect(status(await answer)).toBe(502);
    expect(await second.ended(0)).toMatchObject({ tlsErrors: 1 });
  });
});

/** A target that speaks HTTP/2. */
async function http2App(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  secure = false,
): Promise<{ port: number; sessions: () => number; server: Http2Server }> {
  const server = secure ? createSecureServer(await certificate()) : createHttp2();
  let sessions = 0;
  server.on("session", (session) => {
    sessions += 1;
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
  });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  return {
    port: await listening(server as unknown as Server),
    sessions: () => sessions,
    server: server as Http2Server,
  };
}

/** A client that speaks HTTP/2 in the clear. */
function http2Client(port: number): {
  session: ClientHttp2Session;
  ask(
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ headers: IncomingHttpHeaders; body: string; trailers: IncomingHttpHeaders | undefined }>;
} {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  return {
    session,
    async ask(headers, body) {
      const stream = session.request(headers, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      let [heard, trailers] = ["", undefined as IncomingHttpHeaders | undefined];
      stream.setEncoding("latin1");
      stream.on("data", (piece) => (heard += piece));
      stream.on("trailers", (fields) => (trailers = fields));
      const ended = once(stream, "end");
      const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders];
      await ended;
      return { headers: answer, body: heard, trailers };
    },
  };
}

describe("HTTP/2 targets", () => {
  const HTTP2: Partial<EdgeTargetGroup> = { protocolVersion: "HTTP2" };

  test.for([
    ["in the clear, by prior knowledge", false],
    ["over TLS, by ALPN", true],
  ] as const)("are spoken to %s, on one connection", async ([, secure]) => {
    const app = await http2App((stream, headers) => {
      stream.respond({ ":status": 200, "x-path": headers[":path"], "x-authority": headers[":authority"] });
      stream.end(String(headers["x-forwarded-for"]));
    }, secure);
    const group = targetGroup([app.port], { ...HTTP2, ...(secure ? { protocol: "HTTPS" } : {}) });
    const world = await forwardingWorld({ groups: [group], http2: true });
    const client = http2Client(world.port);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => client.ask({ ":path": `/${n}`, ":authority": "a.test" })),
    );
    expect(answers.map(({ headers }) => headers["x-path"])).toEqual(Array.from({ length: 20 }, (_, n) => `/${n}`));
    expect(answers[0]).toMatchObject({ body: "192.0.2.7", headers: { ":status": 200, "x-authority": "a.test" } });
    expect(app.sessions()).toBe(1);
  });

  test("over TLS without ALPN are not spoken to: 502", async () => {
    const app = await secureApp({ ALPNProtocols: ["http/1.1"] });
    const group = targetGroup([app.port], { ...HTTP2, protocol: "HTTPS" });
    const world = await forwardingWorld({ groups: [group], http2: true });
    const { headers } = await http2Client(world.port).ask({ ":path": "/" });
    expect(headers[":status"]).toBe(502);
    expect(await world.ended(0)).toMatchObject({ tlsErrors: 1 });
  });

  test("get bodies, and answer with trailers", async () => {
    const app = await http2App((stream) => {
      let length = 0;
      stream.on("data", (piece) => (length += piece.length));
      stream.on("end", () => {
        stream.respond({ ":status": 200 }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-length": String(length) }));
        stream.end("done");
      });
    });
    const world = await forwardingWorld({ groups: [targetGroup([app.port], HTTP2)], http2: true });
    const answer = await http2Client(world.port).ask({ ":method": "POST", te: "trailers" }, "x".repeat(1_000_000));
    expect(answer).toMatchObject({ body: "done", trailers: { "x-length": "1000000" } });
  });

  test("that go away after each request lose none", async () => {
    const app = await http2App((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
      stream.session?.goaway();
    });
    const world = await forwardingWorld({ groups: [targetGroup([app.port], HTTP2)], http2: true });
    const client = http2Client(world.port);
    for (let i = 0; i < 10; i += 1) expect((await client.ask({ ":path": "/" })).body).toBe("ok");
  });

  test("that reset a stream: 502; that refuse one are asked again", async () => {
    let asked = 0;
    const app = await http2App((stream, headers) => {
      asked += 1;
      if (headers[":path"] === "/refuse" && asked < 2) return stream.close(7);
      if (headers[":path"] === "/reset") return stream.close(2);
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const world = await forwardingWorld({ groups: [targetGroup([app.port], HTTP2)], http2: true });
    const client = http2Client(world.port);
    expect((await client.ask({ ":path": "/refuse" })).headers[":status"]).toBe(200);
    expect(asked).toBe(2);
    expect((await client.ask({ ":path": "/reset" })).headers[":status"]).toBe(502);
    expect((await client.ask({ ":path": "/" })).body).toBe("ok");
  });

  test("whose client is gone hear of it", async () => {
    const closed = Promise.withResolvers<number>();
    const arrived = Promise.withResolvers<void>();
    const app = await http2App((stream) => {
      stream.on("close", () => closed.resolve(stream.rstCode ?? 0));
      arrived.resolve();
    });
    const world = await forwardingWorld({ groups: [targetGroup([app.port], HTTP2)], http2: true });
    const client = http2Client(world.port);
    const stream = client.session.request({ ":path": "/" });
    stream.on("error", () => {});
    await arrived.promise;
    stream.close(8);
    expect(await closed.promise).toBe(8);
    expect(app.sessions()).toBe(1);
  });

  test("are not for clients of HTTP/1.1: 464", async () => {
    const app = await http2App((stream) => stream.end("ok"));
    const world = await forwardingWorld({ groups: [targetGroup([app.port], HTTP2)] });
    expect(status(await say(world.port, GET))).toBe(464);
  });
});

describe("gRPC", () => {
  const call = (path: string): Record<string, string> => ({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc+proto",
    te: "trailers",
  });
  const message = "\0\0\0\0\x02hi";

  test("calls go through, with their status behind the answer or instead of it", async () => {
    const app = await http2App((stream, headers) => {
      if (headers[":path"] === "/no") {
        return stream.respond(
          { ":status": 200, "content-type": "application/grpc", "grpc-status": "12" },
          { endStream: true },
        );
      }
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "" }));
      stream.pipe(stream);
    });
    const world = await forwardingWorld({
      groups: [targetGroup([app.port], { protocolVersion: "GRPC" })],
      http2: true,
    });
    const client = http2Client(world.port);
    expect(await client.ask(call("/say"), message)).toMatchObject({ body: message, trailers: { "grpc-status": "0" } });
    expect((await client.ask(call("/no"), message)).headers["grpc-status"]).toBe("12");
    expect((await client.ask({ ":method": "GET", ":path": "/" })).headers[":status"]).toBe(464);
  });

  test("calls to a target group of HTTP/1.1: 464", async () => {
    const app = await http2App((stream) => stream.end());
    const world = await forwardingWorld({ groups: [targetGroup([app.port])], http2: true });
    expect((await http2Client(world.port).ask(call("/x"), message)).headers[":status"]).toBe(464);
  });
});

test("clients of HTTP/2 reach targets of HTTP/1.1", async () => {
  const heard: IncomingMessage[] = [];
  const app = createHttp((incoming, response) => {
    heard.push(incoming);
    incoming.resume().on("end", () => response.end("old"));
  });
  const world = await forwardingWorld({ groups: [targetGroup([await listening(app)])], http2: true });
  const client = http2Client(world.port);
  const answer = await client.ask({ ":method": "PUT", ":path": "/a?b", ":authority": "a.test", cookie: "x=1" }, "body");
  expect(answer).toMatchObject({ headers: { ":status": 200 }, body: "old" });
  expect(heard[0]).toMatchObject({ method: "PUT", url: "/a?b", httpVersion: "1.1" });
  expect(heard[0]!.headers).toMatchObject({ host: "a.test", cookie: "x=1", "transfer-encoding": "chunked" });
});

test.for([
  ["HTTP/1.1", "HTTP1"],
  ["HTTP/2", "HTTP1"],
  ["HTTP/2", "HTTP2"],
] as const)(
  "a request's trailers, of %s to a target of %s, say nothing that only its head or we may say",
  async (way) => {
    const [from, protocolVersion] = way;
    const heard = Promise.withResolvers<string[]>();
    const names = (raw: readonly string[]): string[] =>
      raw.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    let target: number;
    if (protocolVersion === "HTTP2") {
      const app = await http2App((stream) => {
        stream.on("trailers", (fields) => heard.resolve(Object.keys(fields)));
        stream.resume().on("end", () => stream.respond({ ":status": 204 }, { endStream: true }));
      });
      target = app.port;
    } else {
      const app = createHttp((incoming, response) => {
        incoming.resume().on("end", () => {
          heard.resolve(names(incoming.rawTrailers));
          response.end();
        });
      });
      target = await listening(app);
    }
    const world = await forwardingWorld({
      groups: [targetGroup([target], { protocolVersion })],
      http2: from === "HTTP/2",
      listenerAttributes: { "routing.http.request.x_amzn_mtls_clientcert_subject.header_name": "X-Who" },
      rewritten: () => ({ fields: [field("X-Role", "user")] }),
    });
    const trailers = {
      authorization: "Basic cm9vdDo=",
      cookie: "a=1",
      "content-type": "text/html",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-amzn-trace-id": "Root=1",
      "x-amzn-oidc-identity": "root",
      x_amzn_oidc_data: "root",
      "x-amzn-mtls-clientcert-subject": "CN=root",
      "x-who": "CN=root",
      "x-role": "admin",
      "x-sum": "1",
    };
    if (from === "HTTP/2") {
      const { session } = http2Client(world.port);
      const stream = session.request({ ":method": "POST", ":path": "/" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers(trailers));
      stream.resume().end("body");
    } else {
      const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${value}\r\n`);
      const head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
      await say(world.port, `${head}4\r\nbody\r\n0\r\n${lines.join("")}\r\n`);
    }
    expect(await heard.promise).toEqual(["x-sum"]);
  },
);

test("behind a request of HTTP/2 that a target of HTTP/1.1 may read differently, only the target's connection ends", async () => {
  const target = await rawTarget((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const world = await forwardingWorld({ groups: [targetGroup([target.port])], http2: true });
  const client = http2Client(world.port);
  const ask = (more: Record<string, string>, body?: string) => client.ask({ ":path": "/", ...more }, body);
  for (const more of [{}, {}]) expect((await ask(more)).body).toBe("ok");
  expect(target.connections).toBe(1);
  expect((await ask({ "content-length": "1" }, "x")).body).toBe("ok");
  expect(target.requests[2]).toMatch(/\r\nConnection: close\r\n/);
  expect((await ask({})).body).toBe("ok");
  expect(target.connections).toBe(2);
  expect(client.session.closed).toBe(false);
});
