import { describe, expect, test } from "vitest";
import type { Client } from "#edge/http/exchange.ts";
import { type Fields, field } from "#edge/http/fields.ts";
import { amended, forwardSettings } from "./forward-settings.ts";
import { type Rewritten, targetHead } from "./target-head.ts";
import { targetPolicy } from "./target-tls.ts";
import { traceIds } from "./trace-id.ts";

const CLIENT: Client = {
  address: "192.0.2.7",
  port: 50_000,
  localAddress: "192.0.2.1",
  localPort: 443,
  scheme: "https",
  listenerPort: 443,
  connectionId: "TID_1",
  tls: {
    version: "TLSv1.3",
    cipherSuite: "TLS_AES_128_GCM_SHA256",
    cipher: "TLS_AES_128_GCM_SHA256",
    serverName: undefined,
    certificateArn: "arn",
    mutual: [],
  },
};
const NOW = Date.parse("2026-11-22T00:00:00Z");
const TRACES = traceIds({ uuid: () => "", hex: (bytes) => "f".repeat(2 * bytes) });

interface Asked {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly listenerAttributes?: Readonly<Record<string, string>>;
  readonly client?: Partial<Client>;
  readonly host?: string | undefined;
  readonly port?: number;
  readonly rewritten?: Rewritten;
}

function head(fields: readonly (readonly [string, string])[], asked: Asked = {}) {
  const { attributes = {}, listenerAttributes = {}, client = {}, port = 443, rewritten } = asked;
  const settings = forwardSettings({ attributes, dnsName: "elb" }, { attributes: listenerAttributes, port });
  const exchange = {
    fields: fields.map(([name, value]) => field(name, value)),
    host: "host" in asked ? asked.host : "a.test:443",
    client: { ...CLIENT, ...client },
    arrivedAt: NOW,
  };
  return targetHead(exchange, settings.head, rewritten, TRACES);
}

const forwarded = (...asked: Parameters<typeof head>): Record<string, string> =>
  Object.fromEntries(head(...asked).fields.map(({ name, value }) => [name, value]));

describe("X-Forwarded-For", () => {
  const XFF = "routing.http.xff_header_processing.mode";
  test.for([
    [{}, "192.0.2.1, 10.0.0.1, 192.0.2.7"],
    [{ [XFF]: "append" }, "192.0.2.1, 10.0.0.1, 192.0.2.7"],
    [{ [XFF]: "preserve" }, "192.0.2.1, 10.0.0.1"],
    [{ [XFF]: "remove" }, undefined],
    [{ "routing.http.xff_client_port.enabled": "true" }, "192.0.2.1, 10.0.0.1, 192.0.2.7:50000"],
  ] as [Record<string, string>, string | undefined][])("with %j it is %s", ([attributes, expected]) => {
    const given = [
      ["x-forwarded-for", "192.0.2.1"],
      ["X-FORWARDED-FOR", "10.0.0.1"],
    ] as const;
    const { fields } = head(given, { attributes });
    expect(fields.filter(({ key }) => key === "x-forwarded-for").map(({ value }) => value)).toEqual(
      expected === undefined ? [] : [expected],
    );
  });

  test("names an IPv6 client with its port in brackets", () => {
    const attributes = { "routing.http.xff_client_port.enabled": "true" };
    const asked = { attributes, client: { address: "2001:db8::1" } };
    expect(forwarded([], asked)["X-Forwarded-For"]).toBe("[2001:db8::1]:50000");
  });
});

test.for([
  ["a.test:443", 443, {}, "a.test"],
  ["a.test", 80, {}, "a.test"],
  ["a.test", 8443, {}, "a.test:8443"],
  ["a.test:8443", 8443, {}, "a.test:8443"],
  ["[::1]", 8443, {}, "[::1]:8443"],
  ["[::1]:443", 443, {}, "[::1]"],
  ["a.test:9", 443, { "routing.http.preserve_host_header.enabled": "true" }, "a.test:9"],
  [undefined, 443, {}, "192.0.2.1"],
  [undefined, 8080, {}, "192.0.2.1:8080"],
] as [string | undefined, number, Record<string, string>, string][])(
  "the host %s on port %i with %j is %s",
  ([host, port, attributes, expected]) => {
    expect(head([], { attributes, port, host }).host).toBe(expected);
  },
);

test("a trace begins here, or gets our part", () => {
  const fresh = `1-${Math.floor(NOW / 1000).toString(16)}-${"f".repeat(24)}`;
  const traced = (given?: string) => head(given === undefined ? [] : [["X-Amzn-Trace-Id", given]]).traceId;
  expect(traced()).toBe(`Root=${fresh}`);
  expect(traced("Root=1-2-3;Self=1-4-5;Mine=x")).toBe(`Self=${fresh};Root=1-2-3;Mine=x`);
  expect(traced("Mine=x")).toBe(`Root=${fresh};Mine=x`);
});

test("every trace is another one, however many there are", () => {
  let calls = 0;
  const traces = traceIds({
    uuid: () => "",
    hex: (bytes) =>
      Array.from({ length: bytes / 4 }, (_, n) => (++calls * 1000 + n).toString(16).padStart(8, "0")).join(""),
  });
  const made = Array.from({ length: 1_000 }, () => traces.next(undefined, NOW));
  expect(new Set(made).size).toBe(1_000);
  expect(made.every((one) => /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(one))).toBe(true);
});

test("fields that only we may write are never the client's", () => {
  const forged = [
    ["X-Amzn-Tls-Version", "SSLv3"],
    ["x-forwarded-PORT", "1"],
    ["X-Forwarded-Proto", "gopher"],
    ["Transfer-Encoding", "chunked"],
    ["Content-Length", "7"],
    ["Connection", "close"],
    ["Expect", "100-continue"],
    ["X-Amzn-Mtls-Clientcert", "forged"],
    ["X-Amzn-Mtls-Clientcert-Subject", "CN=root"],
    ["X-Amzn-Oidc-Identity", "root"],
  ] as const;
  expect(Object.keys(forwarded(forged)).sort()).toEqual([
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
  ]);
  const attributes = { "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "true" };
  expect(forwarded(forged, { attributes })).toMatchObject({
    "X-Amzn-Tls-Version": "TLSv1.3",
    "X-Amzn-Tls-Cipher-Suite": "TLS_AES_128_GCM_SHA256",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "443",
  });
});

test.for([
  "X_Amzn_Oidc_Identity",
  "X-Amzn_Oidc-Data",
  "x_forwarded_proto",
  "X_Forwarded_Port",
  "X_FORWARDED_FOR",
  "X_Amzn_Trace_Id",
  "X_Amzn_Mtls_Clientcert_Subject",
  "X_Amzn_Tls_Version",
  "X-Who",
  "X_Who_Am-I",
  "X-Who-Am-I",
])("fields that only we may write are not the client's under a name that targets take for theirs: %s", (name) => {
  const listenerAttributes = {
    "routing.http.request.x_amzn_mtls_clientcert_subject.header_name": "X_Who",
    "routing.http.request.x_amzn_tls_version.header_name": "X_Who_Am_I",
  };
  const said = forwarded(
    [
      [name, "forged"],
      ["X_Mine", "1"],
    ],
    { listenerAttributes },
  );
  expect(said[name]).toBeUndefined();
  expect(said).toMatchObject({ X_Mine: "1", "X-Forwarded-For": "192.0.2.7" });
});

test("a client's certificate is told under the names that the listener gives it, and nobody can forge those", () => {
  const listenerAttributes = {
    "routing.http.request.x_amzn_mtls_clientcert_subject.header_name": "X-Who",
    "routing.http.request.x_amzn_tls_version.header_name": "X-Tls",
  };
  const mutual = [field("X-Amzn-Mtls-Clientcert-Subject", "CN=a"), field("X-Amzn-Mtls-Clientcert-Leaf", "leaf")];
  const asked: Asked = {
    listenerAttributes,
    attributes: { "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "true" },
    client: { tls: { ...CLIENT.tls!, mutual } },
  };
  const { fields } = head(
    [
      ["x-who", "CN=root"],
      ["X-TLS", "none"],
    ],
    asked,
  );
  const own = fields.filter(({ key }) => !key.startsWith("x-forwarded") && key !== "x-amzn-trace-id");
  expect(own.map(({ name, value }) => [name, value])).toEqual([
    ["X-Tls", "TLSv1.3"],
    ["X-Amzn-Tls-Cipher-Suite", "TLS_AES_128_GCM_SHA256"],
    ["X-Who", "CN=a"],
    ["X-Amzn-Mtls-Clientcert-Leaf", "leaf"],
  ]);
});

test("fields with odd names are dropped where that is asked for", () => {
  const odd = [
    ["X_Odd", "1"],
    ["X.Odd", "1"],
    ["X-Even2", "2"],
  ] as const;
  expect(forwarded(odd)).toMatchObject({ X_Odd: "1", "X.Odd": "1" });
  const attributes = { "routing.http.drop_invalid_header_fields.enabled": "true" };
  const kept = forwarded(odd, { attributes });
  expect([kept["X_Odd"], kept["X.Odd"], kept["X-Even2"]]).toEqual([undefined, undefined, "2"]);
});

test("what a rule changed counts, and its fields replace the client's", () => {
  const rewritten: Rewritten = {
    host: "b.test",
    fields: [field("X-Amzn-Oidc-Identity", "me"), field("X-Role", "user")],
  };
  const { host, fields } = head([["x-role", "admin"]], { rewritten, port: 8443 });
  expect(host).toBe("b.test");
  expect(fields.filter(({ key }) => key === "x-role" || key.startsWith("x-amzn-oidc"))).toEqual(rewritten.fields);
});

describe("an answer's fields", () => {
  const settings = (attributes: Record<string, string>) =>
    forwardSettings({ attributes: {}, dnsName: "elb" }, { attributes, port: 80 }).answer;
  const fields: Fields = [field("Server", "nginx"), field("x-frame-options", "DENY"), field("Date", "now")];

  test("are the target's, the same object, unless the listener changes some", () => {
    expect(amended(fields, settings({ "routing.http.response.server.enabled": "true" }))).toBe(fields);
  });

  test("are set, replaced and left out as the listener says", () => {
    const answer = settings({
      "routing.http.response.server.enabled": "false",
      "routing.http.response.x_frame_options.header_value": "SAMEORIGIN",
      "routing.http.response.strict_transport_security.header_value": "max-age=1",
      "routing.http.response.content_security_policy.header_value": "",
    });
    expect(amended(fields, answer).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      "Date: now",
      "Strict-Transport-Security: max-age=1",
      "X-Frame-Options: SAMEORIGIN",
    ]);
  });
});

test.for([
  [undefined, "ELBSecurityPolicy-2016-08"],
  ["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-2016-08"],
  ["ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-2016-08"],
  ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-0-2021-06"],
  ["ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04"],
  ["ELBSecurityPolicy-TLS13-1-3-RFC9151-FIPS-2023-07", "ELBSecurityPolicy-TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07"],
] as const)("behind the policy %s targets are reached with %s", ([listener, expected]) => {
  expect(targetPolicy(listener)).toBe(expected);
});
