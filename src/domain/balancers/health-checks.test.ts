import { expect, it } from "vitest";
import { changedHealthCheck, type GivenHealthCheck, newHealthCheck } from "./health-checks.ts";
import type { TargetProtocol } from "./protocols.ts";

it("has AWS's defaults for HTTP and for TCP target groups", () => {
  expect(newHealthCheck("HTTP", {})).toEqual({
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
  expect(newHealthCheck("TLS", {})).toMatchObject({ protocol: "TCP", path: "", matcher: "", timeoutSeconds: 10 });
  expect(newHealthCheck("TCP", { protocol: "HTTP" })).toMatchObject({
    path: "/",
    matcher: "200-399",
    timeoutSeconds: 6,
  });
});

it("takes what is given and keeps the rest when it is changed", () => {
  const present = newHealthCheck("HTTP", { path: "/health", intervalSeconds: 10 });
  const changed = changedHealthCheck("HTTP", present, { matcher: "200-299,301", path: undefined });
  expect(changed).toEqual({ ...present, matcher: "200-299,301" });
});

it("gets or loses path and matcher when its protocol changes between TCP and HTTP", () => {
  const tcp = newHealthCheck("TCP", {});
  const http = changedHealthCheck("TCP", tcp, { protocol: "HTTP" });
  expect(http).toMatchObject({ path: "/", matcher: "200-399" });
  expect(changedHealthCheck("TCP", http, { protocol: "TCP" })).toMatchObject({ path: "", matcher: "" });
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
  expect(() => newHealthCheck(protocol, given)).toThrow(message);
});
