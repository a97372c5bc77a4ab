import { expect, it } from "vitest";
import type { EdgeAction } from "#domain/edge-config.ts";
import { checkedActions } from "./actions.ts";
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
    checkedActions([{ action, order: undefined }], { protocol, port });

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

const oidc = {
  type: "authenticate-oidc",
  issuer: "https://login.example.com",
  authorizationEndpoint: "https://login.example.com/authorize",
  tokenEndpoint: "https://login.example.com/token",
  userInfoEndpoint: "https://login.example.com/me",
  clientId: "client",
  secret: "sealed",
  sessionCookieName: "AWSELBAuthSessionCookie",
  scope: "openid",
  sessionTimeoutSeconds: 604_800,
  authenticationRequestExtraParams: {},
  onUnauthenticatedRequest: "authenticate",
} as const;
const jwt = {
  type: "jwt-validation",
  jwksEndpoint: "https://login.example.com/jwks",
  issuer: "https://login.example.com",
  additionalClaims: [{ name: "aud", format: "single-string", values: ["shop"] }],
} as const;
type Given = readonly [EdgeAction, number | undefined];
const several = (...actions: readonly Given[]) =>
  checkedActions<EdgeAction>(
    actions.map(([action, order]) => ({ action, order })),
    { protocol: "HTTPS", port: 443 },
  ).map(({ action }) => action.type);

it("puts actions in their order, the one that answers last", () => {
  expect(several([fixed, 2], [oidc, 1])).toEqual(["authenticate-oidc", "fixed-response"]);
  expect(several([jwt, 1], [forward(1), 50_000])).toEqual(["jwt-validation", "forward"]);
});

it.for<[string, readonly Given[], string]>([
  ["none", [], "An action must be specified"],
  [
    "two that answer",
    [
      [fixed, 1],
      [forward(1), 2],
    ],
    "exactly one action",
  ],
  [
    "two that authenticate",
    [
      [oidc, 1],
      [jwt, 2],
      [fixed, 3],
    ],
    "exactly one action",
  ],
  ["only one that authenticates", [[oidc, undefined]], "The last action must be one of"],
  [
    "one that authenticates behind the one that answers",
    [
      [fixed, 1],
      [oidc, 2],
    ],
    "The last action must be one of",
  ],
  [
    "several without an order",
    [
      [oidc, undefined],
      [fixed, 2],
    ],
    "must have an order",
  ],
  [
    "several with the same order",
    [
      [oidc, 1],
      [fixed, 1],
    ],
    "the same order",
  ],
])("refuses %s", ([, actions, message]) => {
  expect(() => several(...actions)).toThrow(message);
});

it("refuses to authenticate in clear", () => {
  const place = { protocol: "HTTP", port: 80 } as const;
  const actions = [oidc, jwt].map(
    (action) => () =>
      checkedActions<EdgeAction>(
        [
          { action, order: 1 },
          { action: fixed, order: 2 },
        ],
        place,
      ),
  );
  for (const check of actions) expect(check).toThrow("only valid with the listener protocol 'HTTPS'");
});

it.for<[string, EdgeAction, string]>([
  ["an endpoint in clear", { ...oidc, tokenEndpoint: "http://login.example.com" }, "TokenEndpoint"],
  ["an endpoint with a password", { ...oidc, issuer: "https://a:b@login.example.com" }, "Issuer"],
  ["a session without end", { ...oidc, sessionTimeoutSeconds: 604_801 }, "between '1-604800'"],
  ["a cookie that is none", { ...oidc, sessionCookieName: "a b" }, "not the name of a cookie"],
  ["a parameter of its own", { ...oidc, authenticationRequestExtraParams: { state: "x" } }, "sets 'state' itself"],
  ["an empty client", { ...oidc, clientId: "" }, "ClientId must have 1 to 1024"],
  [
    "a claim that is checked anyway",
    { ...jwt, additionalClaims: [{ ...jwt.additionalClaims[0], name: "exp" }] },
    "anyway",
  ],
  [
    "spaces in values between spaces",
    { ...jwt, additionalClaims: [{ name: "scope", format: "space-separated-values", values: ["a b"] }] },
    "cannot include spaces",
  ],
  ["two of one text", { ...jwt, additionalClaims: [{ ...jwt.additionalClaims[0], values: ["a", "b"] }] }, "one value"],
])("refuses to authenticate with %s", ([, action, message]) => {
  expect(() => several([action, 1], [fixed, 2])).toThrow(message);
});

it("takes stickiness between target groups for up to a week, not on network load balancers", () => {
  const sticky = (durationSeconds: number) => ({ ...forward(1, 1), stickiness: { durationSeconds } });
  expect(check(sticky(604_800))).not.toThrow();
  expect(check(sticky(0))).toThrow("between '1-604800'");
  expect(check(sticky(1), "TCP")).toThrow("not supported by Network Load Balancers");
});
