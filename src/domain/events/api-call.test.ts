import { expect, test } from "vitest";
import { type Authorization, apiCall, pathVariables, UnfitPath } from "./api-call.ts";

const basic: Authorization = {
  credentials: { type: "BASIC", username: "user", password: "pä:ss" },
  headers: [],
  query: [],
  body: [],
};
const none = { path: [], headers: {}, query: {} };
const event = { source: "aws.acm", detail: { id: "a/b", n: 5, line: "x\r\nevil: 1" } };
const destination = { endpoint: "https://hooks.example.com/in?a=1", method: "POST" };

test("a call carries what EventBridge sends, and the password in the authorization header", () => {
  const { url, method, headers, body } = apiCall(destination, basic, none, event, '{"x":1}');
  expect([method, url.href, body]).toEqual(["POST", "https://hooks.example.com/in?a=1", '{"x":1}']);
  expect(headers).toEqual({
    "content-type": "application/json; charset=utf-8",
    authorization: `Basic ${Buffer.from("user:pä:ss").toString("base64")}`,
    "user-agent": "Amazon/EventBridge/ApiDestinations",
    range: "bytes=0-1048575",
    "accept-encoding": "gzip,deflate",
  });
});

test("path, query and headers of a target are filled in, from the event where they say so", () => {
  const endpoint = "https://hooks.example.com/*/in/*";
  expect(pathVariables(endpoint)).toBe(2);
  const parameters = {
    path: ["$.detail.id", "new item"],
    headers: { "X-Count": "$.detail.n", "X-Line": "$.detail.line" },
    query: { source: "$.source", b: "&" },
  };
  const { url, headers } = apiCall({ endpoint, method: "PUT" }, basic, parameters, event, "{}");
  expect(url.href).toBe("https://hooks.example.com/a%2Fb/in/new%20item?source=aws.acm&b=%26");
  expect(headers).toMatchObject({ "x-count": "5", "x-line": "xevil: 1" });
});

test.for(["..", "."])("a path value %s, which would lead elsewhere, is refused", (value) => {
  const call = (endpoint: string) => () =>
    apiCall({ endpoint, method: "POST" }, basic, { ...none, path: ["$.id"] }, { id: value }, "{}");
  for (const endpoint of ["https://h.example/tenants/*/events", "https://h.example/*", "https://h.example/a/*?b=1"]) {
    expect(call(endpoint)).toThrow(UnfitPath);
  }
  expect(call("https://h.example/a*/b")().url.href).toBe(`https://h.example/a${value}/b`);
});

test("the connection is right where the target says otherwise, and nobody overrides what is ours", () => {
  const key: Authorization = {
    credentials: { type: "API_KEY", name: "X-Api-Key", value: "secret" },
    headers: [{ key: "X-Team", value: "connection", secret: false }],
    query: [{ key: "q", value: "connection", secret: false }],
    body: [{ key: "token", value: "t", secret: true }],
  };
  const parameters = {
    path: [],
    headers: { "x-team": "target", "x-api-key": "guess", Host: "evil", "User-Agent": "evil", "Content-Length": "1" },
    query: { q: "target" },
  };
  const { url, headers, body } = apiCall(destination, key, parameters, event, '{"a":1,"token":"x"}');
  expect(headers).toMatchObject({ "x-team": "connection", "x-api-key": "secret" });
  expect(headers["user-agent"]).toBe("Amazon/EventBridge/ApiDestinations");
  expect(Object.keys(headers)).not.toContain("host");
  expect(Object.keys(headers)).not.toContain("content-length");
  expect(url.search).toBe("?a=1&q=connection");
  expect(JSON.parse(body)).toEqual({ a: 1, token: "t" });
  expect(apiCall(destination, key, parameters, event, "plain").body).toBe("plain");
});

test("a value of the event that is no Unicode text has a place in a path all the same", () => {
  const odd = { detail: { id: "a\ud800b" } };
  const parameters = { path: ["$.detail.id"], headers: { "x-id": "$.detail.id" }, query: { id: "$.detail.id" } };
  const { url } = apiCall({ endpoint: "https://hooks.example.com/*", method: "POST" }, basic, parameters, odd, "{}");
  expect(url.href).toBe("https://hooks.example.com/a%EF%BF%BDb?id=a%EF%BF%BDb");
});
