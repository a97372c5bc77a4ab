import { expect, test } from "vitest";
import type { Client, Headers } from "./exchange.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";

const CLIENT: Client = {
  address: "192.0.2.7",
  port: 50_000,
  scheme: "https",
  listenerPort: 443,
  tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
};
const DEPS = {
  clock: { now: () => new Date("2026-11-22T00:00:00Z") },
  ids: { uuid: () => "", hex: () => "f".repeat(24) },
};

function forwarded(
  headers: Headers,
  attributes: Record<string, string> = {},
  client: Partial<Client> = {},
  host = "a.test:443",
) {
  const exchange = { headers, host, client: { ...CLIENT, ...client } };
  return Object.fromEntries(forwardedHeaders(exchange, { attributes, dnsName: "elb" }, DEPS));
}

const XFF = "routing.http.xff_header_processing.mode";
test.for([
  [{}, "192.0.2.1, 192.0.2.7"],
  [{ [XFF]: "append" }, "192.0.2.1, 192.0.2.7"],
  [{ [XFF]: "preserve" }, "192.0.2.1"],
  [{ [XFF]: "remove" }, undefined],
  [{ "routing.http.xff_client_port.enabled": "true" }, "192.0.2.1, 192.0.2.7:50000"],
] as [Record<string, string>, string | undefined][])("with %j X-Forwarded-For is %s", ([attributes, expected]) => {
  expect(forwarded([["x-forwarded-for", "192.0.2.1"]], attributes)["X-Forwarded-For"]).toBe(expected);
});

test("an IPv6 client with its port stands in brackets", () => {
  const attributes = { "routing.http.xff_client_port.enabled": "true" };
  expect(forwarded([], attributes, { address: "2001:db8::1" })["X-Forwarded-For"]).toBe("[2001:db8::1]:50000");
});

test.for([
  ["a.test:443", 443, {}, "a.test"],
  ["a.test", 80, {}, "a.test"],
  ["a.test", 8443, {}, "a.test:8443"],
  ["a.test:8443", 8443, {}, "a.test:8443"],
  ["a.test:9", 443, { "routing.http.preserve_host_header.enabled": "true" }, "a.test:9"],
] as [string, number, Record<string, string>, string][])(
  "the host %s on port %i with %j is %s",
  ([host, listenerPort, attributes, expected]) => {
    expect(forwarded([], attributes, { listenerPort }, host)["Host"]).toBe(expected);
  },
);

test("a trace begins here, or gets our part", () => {
  const fresh = "1-6a20af00-ffffffffffffffffffffffff".replace(
    "6a20af00",
    Math.floor(Date.parse("2026-11-22") / 1000).toString(16),
  );
  const traced = (given?: string) =>
    forwarded(given === undefined ? [] : [["X-Amzn-Trace-Id", given]])["X-Amzn-Trace-Id"];
  expect(traced()).toBe(`Root=${fresh}`);
  expect(traced("Root=1-2-3;Self=1-4-5;Mine=x")).toBe(`Self=${fresh};Root=1-2-3;Mine=x`);
  expect(traced("Mine=x")).toBe(`Root=${fresh};Mine=x`);
});

test("fields that only we may write are never the client's", () => {
  const forged: Headers = [
    ["X-Amzn-Tls-Version", "SSLv3"],
    ["x-forwarded-PORT", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Content-Length", "7"],
    ["Expect", "100-continue"],
  ];
  expect(Object.keys(forwarded(forged)).sort()).toEqual([
    "Host",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
  ]);
  const shown = forwarded(forged, { "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "true" });
  expect(shown).toMatchObject({ "X-Amzn-Tls-Version": "TLSv1.3", "X-Amzn-Tls-Cipher-Suite": "TLS_AES_128_GCM_SHA256" });
});

test("fields with odd names are dropped where that is asked for", () => {
  const odd: Headers = [
    ["X_Odd", "1"],
    ["X-Even", "2"],
  ];
  expect(forwarded(odd)).toHaveProperty("X_Odd");
  expect(forwarded(odd, { "routing.http.drop_invalid_header_fields.enabled": "true" })).not.toHaveProperty("X_Odd");
});
