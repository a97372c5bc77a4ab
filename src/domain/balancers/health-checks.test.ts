import { expect, it } from "vitest";
import { changedHealthCheck, type GivenHealthCheck, newHealthCheck } from "./health-checks.ts";
import type { TargetProtocol } from "./protocols.ts";
import type { TargetGroupKind } from "./target-group.ts";

const kind = (protocol: TargetProtocol, more: Partial<TargetGroupKind> = {}): TargetGroupKind => ({
  protocol,
  protocolVersion: "HTTP1",
  targetType: "ip",
  ...more,
});

it("has AWS's defaults for HTTP and for TCP target groups", () => {
  expect(newHealthCheck(kind("HTTP"), {})).toEqual({
    enabled: true,
    protocol: "HTTP",
    port: "traffic-port",
    path: "/",
    matcher: "200",
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  });
  expect(newHealthCheck(kind("TLS"), {})).toMatchObject({ protocol: "TCP", path: "", matcher: "", timeoutSeconds: 10 });
  expect(newHealthCheck(kind("TCP"), { protocol: "HTTP" })).toMatchObject({
    path: "/",
    matcher: "200-399",
    timeoutSeconds: 6,
  });
});

it("takes what is given and keeps the rest when it is changed", () => {
  const present = newHealthCheck(kind("HTTP"), { path: "/health", intervalSeconds: 10 });
  const changed = changedHealthCheck(kind("HTTP"), present, { matcher: "200-299,301", path: undefined });
  expect(changed).toEqual({ ...present, matcher: "200-299,301" });
});

it("gets or loses path and matcher when its protocol changes between TCP and HTTP", () => {
  const tcp = newHealthCheck(kind("TCP"), {});
  const http = changedHealthCheck(kind("TCP"), tcp, { protocol: "HTTP" });
  expect(http).toMatchObject({ path: "/", matcher: "200-399" });
  expect(changedHealthCheck(kind("TCP"), http, { protocol: "TCP" })).toMatchObject({ path: "", matcher: "" });
});

it.for<[TargetProtocol, GivenHealthCheck, string]>([
  ["HTTP", { protocol: "TCP" }, "is not supported for target groups with the protocol 'HTTP'"],
  ["HTTP", { enabled: false }, "cannot be disabled"],
  ["HTTP", { timeoutSeconds: 30 }, "must be smaller than the interval '30'"],
  ["TCP", { timeoutSeconds: 31 }, "must be smaller than or equal to the interval '30'"],
  ["TCP", { path: "/" }, "can only be specified for HTTP and HTTPS"],
  ["HTTP", { path: "health" }, "must begin with '/'"],
  ["HTTP", { path: "/a b" }, "must begin with '/'"],
  ["HTTP", { port: "0" }, "must be 'traffic-port' or a number"],
  ["HTTP", { matcher: "200-500" }, "must be within '200-499'"],
  ["HTTP", { matcher: "299-200" }, "must be within '200-499'"],
  ["HTTP", { matcher: "200," }, "must be within '200-499'"],
  ["HTTP", { matcher: "200,".repeat(400).concat("200") }, "must be within '200-499'"],
  ["HTTP", { healthyThreshold: 11 }, "must be between '2-10'"],
])("refuses, for %s, %j with ValidationError", ([protocol, given, message]) => {
  expect(() => newHealthCheck(kind(protocol), given)).toThrow(message);
});

it("asks gRPC targets for AWS's method, and its matcher has gRPC codes", () => {
  const grpc = kind("HTTP", { protocolVersion: "GRPC" });
  const check = newHealthCheck(grpc, {});
  expect(check).toMatchObject({ path: "/AWS.ALB/healthcheck", matcher: "12" });
  expect(changedHealthCheck(grpc, check, { matcher: "0-5,12", codes: "GrpcCode" }).matcher).toBe("0-5,12");
  expect(() => newHealthCheck(grpc, { matcher: "200", codes: "HttpCode" })).toThrow("is GrpcCode");
  expect(() => newHealthCheck(grpc, { matcher: "100" })).toThrow("must be within '0-99'");
  expect(() => newHealthCheck(kind("HTTP"), { matcher: "0", codes: "GrpcCode" })).toThrow("is HttpCode");
});

it("looks at load balancers behind load balancers by HTTP, and at takers of datagrams by TCP", () => {
  expect(newHealthCheck(kind("TCP", { targetType: "alb" }), {})).toMatchObject({
    protocol: "HTTP",
    matcher: "200-399",
  });
  expect(() => newHealthCheck(kind("TCP", { targetType: "alb" }), { protocol: "TCP" })).toThrow("target type 'alb'");
  expect(newHealthCheck(kind("TCP_UDP"), {})).toMatchObject({ protocol: "TCP", path: "" });
});
