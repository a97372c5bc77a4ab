import { expect, it } from "vitest";
import type { ServedAction as EdgeAction } from "#domain/balancers/actions.ts";
import { checkAction } from "./actions.ts";
import type { ListenerProtocol } from "./protocols.ts";

const redirect = {
  type: "redirect",
  statusCode: 301,
  protocol: "HTTPS",
  host: "#{host}",
  port: "443",
  path: "/#{path}",
  query: "#{query}",
} as const;
const fixed = { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "" } as const;
const forward = (...weights: number[]) =>
  ({ type: "forward", targetGroups: weights.map((weight, index) => ({ arn: `${index}`, weight })) }) as const;
const check =
  (action: EdgeAction, protocol: ListenerProtocol = "HTTP", port = 80) =>
  () =>
    checkAction({ action, order: undefined }, { protocol, port });

it.for<[string, EdgeAction, ListenerProtocol]>([
  ["HTTP redirected to HTTPS", redirect, "HTTP"],
  ["HTTPS redirected to another host", { ...redirect, host: "www.example.com" }, "HTTPS"],
  ["a fixed response", fixed, "HTTPS"],
  ["weighted target groups", forward(0, 999), "HTTP"],
  ["TCP forwarded", forward(1), "TCP"],
])("takes %s", ([, action, protocol]) => {
  expect(check(action, protocol)).not.toThrow();
});

it.for<[string, EdgeAction, ListenerProtocol, string]>([
  ["a fixed response of a TCP listener", fixed, "TCP", "use forward"],
  ["a forward to nowhere", forward(), "HTTP", "A target group must be specified"],
  ["more than five target groups", forward(1, 1, 1, 1, 1, 1), "HTTP", "up to 5 target groups"],
  ["a weight above 999", forward(1000), "HTTP", "must be between '0-999' inclusive"],
  ["HTTPS redirected to HTTP", { ...redirect, protocol: "HTTP" }, "HTTPS", "cannot redirect HTTPS to HTTP"],
  ["a port that is none", { ...redirect, port: "70000" }, "HTTP", "must be a number between 1 and 65535"],
  ["a path without a slash", { ...redirect, path: "x" }, "HTTP", "must begin with '/'"],
  ["an unknown keyword", { ...redirect, host: "#{hots}" }, "HTTP", "unknown keyword"],
  ["a line break in the host", { ...redirect, host: "a\r\nset-cookie: x" }, "HTTP", "characters of no URL"],
  [
    "a content type that is not in the list",
    { ...fixed, contentType: "image/png" },
    "HTTP",
    "ContentType must be one of",
  ],
  ["a body above 1024 characters", { ...fixed, body: "x".repeat(1025) }, "HTTP", "longer than '1024'"],
])("refuses %s", ([, action, protocol, message]) => {
  expect(check(action, protocol)).toThrow(message);
});

it("refuses a redirect to where the request came from", () => {
  expect(check(redirect, "HTTPS", 443)).toThrow("creates a loop");
  expect(check({ ...redirect, protocol: "#{protocol}", port: "#{port}" })).toThrow("creates a loop");
  expect(check({ ...redirect, query: "a=1" }, "HTTPS", 443)).not.toThrow();
});
