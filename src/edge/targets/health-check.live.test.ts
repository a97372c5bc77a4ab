import { createServer as createHttp, type IncomingMessage } from "node:http";
import {
  createServer as createHttp2,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createHttps } from "node:https";
import { createServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { EdgeTargetGroup } from "#domain/edge-config.ts";
import { systemTimers } from "#lib/timers.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { listening } from "../../../tests/support/forwarding.ts";
import { selfSigned } from "../../../tests/support/self-signed.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { testTimers } from "../../../tests/support/test-timers.ts";
import { checkTarget } from "./health-check.ts";

type Changes = Partial<Omit<EdgeTargetGroup, "healthCheck">> & {
  readonly healthCheck?: Partial<EdgeTargetGroup["healthCheck"]>;
};

const groupOf = (port: number, { healthCheck, ...more }: Changes): EdgeTargetGroup => {
  const group = targetGroup([port], more);
  return { ...group, healthCheck: { ...group.healthCheck, ...healthCheck } };
};
const check = (port: number, changes: Changes = {}) => {
  const group = groupOf(port, changes);
  return checkTarget(group, group.targets[0]!, { timers: systemTimers });
};
const certificate = async () => {
  const made = await selfSigned({ names: ["elsewhere.example"], notAfter: new Date("2026-11-02T00:00:00Z") });
  return { key: made.privateKey, cert: made.certificate };
};
const FAILED = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };
const WELL = { failure: undefined, code: 200 };

test("over HTTP a target is asked as AWS asks, on a connection of its own", async () => {
  const asked: IncomingMessage[] = [];
  const server = createHttp((request, response) => {
    asked.push(request);
    response.end("well");
  });
  const port = await listening(server);
  expect(await check(port, { healthCheck: { path: "/health?deep=1" } })).toEqual(WELL);
  expect(asked[0]).toMatchObject({ method: "GET", url: "/health?deep=1" });
  expect(asked[0]!.headers).toEqual({
    host: `127.0.0.1:${port}`,
    connection: "close",
    "user-agent": "ELB-HealthChecker/2.0",
    "accept-encoding": "gzip, compressed",
  });
});

test("a status that does not match fails the check, with the status", async () => {
  const port = await listening(createHttp((_, response) => void response.writeHead(503).end()));
  expect(await check(port)).toEqual({
    failure: { reason: "Target.ResponseCodeMismatch", description: "Health checks failed with these codes: [503]" },
    code: 503,
  });
  expect(await check(port, { healthCheck: { matcher: "200,500-503" } })).toEqual({ failure: undefined, code: 503 });
});

test("over HTTPS any certificate and any version of TLS will do", async () => {
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
  for (const options of [{}, old]) {
    const server = createHttps({ ...(await certificate()), ...options }, (_, response) => void response.end());
    const port = await listening(server);
    expect(await check(port, { protocol: "HTTPS", healthCheck: { protocol: "HTTPS" } })).toEqual(WELL);
  }
});

test("another port than that of the traffic may be asked", async () => {
  const port = await listening(createHttp((_, response) => void response.end()));
  expect(await check(1, { healthCheck: { port: String(port) } })).toEqual(WELL);
});

test("a target that refuses, closes or talks nonsense fails", async () => {
  const dead = createServer();
  const deadPort = await listening(dead);
  dead.close();
  const closing = await listening(createServer((socket) => socket.once("data", () => socket.destroy())));
  const odd = await listening(createServer((socket) => socket.end("220 hello\r\n")));
  for (const port of [deadPort, closing, odd]) expect(await check(port)).toEqual({ failure: FAILED, code: undefined });
});

test("a target that does not answer in time has timed out; behind a Network Load Balancer it has just failed", async () => {
  const port = await listening(createServer((socket) => void socket.on("error", () => {})));
  for (const [changes, failure] of [
    [{}, { reason: "Target.Timeout", description: "Request timed out" }],
    [{ protocol: "TCP" }, FAILED],
    [{ protocolVersion: "HTTP2" }, { reason: "Target.Timeout", description: "Request timed out" }],
  ] as const) {
    const timers = testTimers(testClock("2026-11-22T00:00:00Z"));
    const group = groupOf(port, changes);
    const outcome = checkTarget(group, group.targets[0]!, { timers });
    timers.advance(4_999);
    timers.advance(1);
    expect(await outcome).toEqual({ failure, code: undefined });
  }
});

test("over TCP a connection is enough", async () => {
  const server = createServer((socket) => void socket.on("error", () => {}));
  const port = await listening(server);
  const tcp = { protocol: "TCP", healthCheck: { protocol: "TCP" } } as const;
  expect(await check(port, tcp)).toEqual({ failure: undefined, code: undefined });
  server.close();
  const dead = createServer();
  const deadPort = await listening(dead);
  dead.close();
  expect(await check(deadPort, tcp)).toEqual({ failure: FAILED, code: undefined });
});

async function http2App(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  secure = false,
): Promise<number> {
  const server = secure ? createSecureServer(await certificate()) : createHttp2();
  server.on("session", (session) => {
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
  });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => {});
    answer(stream, headers);
  });
  return listening(server as unknown as Server);
}

test("targets of HTTP/2 are asked over HTTP/2, in the clear and over TLS", async () => {
  for (const secure of [false, true]) {
    const port = await http2App((stream, headers) => {
      const right = headers[":method"] === "GET" && headers[":path"] === "/health";
      stream.respond({ ":status": right && headers["user-agent"] === "ELB-HealthChecker/2.0" ? 200 : 400 });
      stream.end("well");
    }, secure);
    const scheme = secure ? "HTTPS" : "HTTP";
    const changes = { protocolVersion: "HTTP2", protocol: scheme, healthCheck: { protocol: scheme } } as const;
    expect(await check(port, changes)).toEqual(WELL);
    expect((await check(port, { ...changes, healthCheck: { protocol: scheme, path: "/other" } })).code).toBe(400);
  }
  const http1 = await listening(createHttp((_, response) => void response.end()));
  expect(await check(http1, { protocolVersion: "HTTP2" })).toEqual({ failure: FAILED, code: undefined });
});

test("a gRPC method is called, and its status is what counts", async () => {
  const calls: IncomingHttpHeaders[] = [];
  const port = await http2App((stream, headers) => {
    calls.push(headers);
    const path = headers[":path"];
    if (path === "/AWS.ALB/healthcheck") {
      return stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-status": "12" },
        { endStream: true },
      );
    }
    if (path === "/plain") return stream.respond({ ":status": 404 }, { endStream: true });
    if (path === "/none") return stream.respond({ ":status": 200 }, { endStream: true });
    stream.resume();
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end("\0\0\0\0\0");
  });
  const grpc = (path: string, matcher: string) =>
    check(port, { protocolVersion: "GRPC", healthCheck: { path, matcher } });
  expect(await grpc("/AWS.ALB/healthcheck", "12")).toEqual({ failure: undefined, code: 12 });
  expect(calls[0]).toMatchObject({ ":method": "POST", "content-type": "application/grpc", te: "trailers" });
  expect(await grpc("/grpc.health.v1.Health/Check", "0-1")).toEqual({ failure: undefined, code: 0 });
  expect(await grpc("/grpc.health.v1.Health/Check", "12")).toEqual({
    failure: { reason: "Target.ResponseCodeMismatch", description: "Health checks failed with these codes: [0]" },
    code: 0,
  });
  expect((await grpc("/plain", "0-99")).failure?.description).toBe("Health checks failed with these codes: [404]");
  expect(await grpc("/none", "0-99")).toEqual({ failure: FAILED, code: undefined });
});
