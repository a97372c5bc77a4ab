import fc from "fast-check";
import { expect, test } from "vitest";
import { COMPLIANT } from "#edge/http/desync.ts";
import { type AccessFacts, accessLine } from "./access-line.ts";
import { connectionLine } from "./connection-line.ts";
import { flowLine } from "./flow-line.ts";
import { healthCheckLine } from "./health-line.ts";

const at = Date.UTC(2018, 6, 2, 22, 23, 0, 186);
const GROUP = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067";
const CERTIFICATE = "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

const facts: AccessFacts = {
  type: "https",
  at,
  client: {
    address: "192.168.131.39",
    port: 2817,
    localAddress: "127.0.0.2",
    localPort: 8443,
    scheme: "https",
    listenerPort: 443,
    connectionId: "TID_1234abcd5678ef90",
    tls: {
      version: "TLSv1.2",
      cipher: "ECDHE-RSA-AES128-GCM-SHA256",
      cipherSuite: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      serverName: "www.example.com",
      certificateArn: CERTIFICATE,
      mutual: [],
    },
  },
  arrivedAt: at - 171,
  sentAt: at - 85,
  answeredAt: at - 37,
  respondedAt: at,
  target: "10.0.0.1:80",
  targetStatus: 200,
  status: 200,
  received: 0,
  sent: 57,
  method: "GET",
  host: "www.example.com",
  uri: "/",
  protocol: "HTTP/1.1",
  userAgent: "curl/7.46.0",
  targetGroupArn: GROUP,
  traceId: "Root=1-58337281-1d84f3d73c47ec4e58577259",
  priority: 1,
  actions: "authenticate,forward",
  redirectUrl: undefined,
  errorReason: undefined,
  desync: COMPLIANT,
  transformedHost: "m.example.com",
  transformedUri: undefined,
  transformStatus: "TransformSuccess",
};
const RESOURCE = "app/my-loadbalancer/50dc6c495c0c9188";

test("a line of the access log has ALB's fields in ALB's order", () => {
  expect(accessLine(RESOURCE, facts)).toBe(
    [
      `https 2018-07-02T22:23:00.186000Z ${RESOURCE}`,
      "192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57",
      '"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2',
      `${GROUP} "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "${CERTIFICATE}"`,
      '1 2018-07-02T22:23:00.015000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
      'TID_1234abcd5678ef90 "m.example.com" "-" "TransformSuccess"\n',
    ].join(" "),
  );
});

test("what did not happen is a dash, and times that never were are -1", () => {
  const { tls: _, ...client } = facts.client;
  const nothing = { target: undefined, targetStatus: undefined, targetGroupArn: undefined, traceId: undefined };
  const line = accessLine(RESOURCE, {
    ...facts,
    ...nothing,
    type: "http",
    client: { ...client, scheme: "http", listenerPort: 80, address: "2001:db8::1" },
    sentAt: at,
    answeredAt: undefined,
    status: 503,
    priority: undefined,
    actions: "",
    method: undefined,
    protocol: undefined,
    desync: { level: "Severe", reason: "BothTeClPresent" },
    transformedHost: undefined,
    transformStatus: undefined,
  });
  expect(line).toContain(" 2001:db8::1:2817 - -1 -1 -1 503 - 0 57 ");
  expect(line).toContain(' "- http://www.example.com:80/ -" "curl/7.46.0" - - - "-" "-" "-" - ');
  expect(line).toContain(' "-" "-" "-" "-" "-" "Severe" "BothTeClPresent" TID_1234abcd5678ef90 "-" "-" "-"\n');
});

test("nothing that a client sends can end a field or a line", () => {
  const evil = 'x" 200\r\nfake \\ é';
  const line = accessLine(RESOURCE, { ...facts, userAgent: evil, uri: `/${evil}`, host: evil, traceId: evil });
  expect(line.match(/[^\x20-\x7e]/g)).toEqual(["\n"]);
  expect(line).toContain('"x\\x22 200\\x0D\\x0Afake \\x5C \\xE9"');
  expect(accessLine(RESOURCE, { ...facts, userAgent: "a".repeat(20_000) }).length).toBeLessThan(9_000);
});

test("a line of the connection log", () => {
  const connection = { at, address: "203.0.113.1", port: 36_280, connectionId: "TID_1" };
  const certificate = {
    subject: "CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US",
    notBefore: new Date("2023-09-21T22:43:21.123Z"),
    notAfter: new Date("2026-06-17T22:43:21Z"),
    serial: "fef257372d5c14d4",
  };
  const secure = { protocol: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256", handshake: 4036, group: "P-256" };
  expect(connectionLine({ ...connection, ...secure, certificate, listenerPort: 443 })).toBe(
    "2018-07-02T22:23:00.186000Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 " +
      '"CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" ' +
      "NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z FEF257372D5C14D4 Success TID_1 P-256\n",
  );
  expect(connectionLine({ ...connection, listenerPort: 80 })).toBe(
    '2018-07-02T22:23:00.186000Z 203.0.113.1 36280 80 - - - "-" - - - TID_1 -\n',
  );
  expect(connectionLine({ ...connection, listenerPort: 443, failure: "UnmappedConnectionError" })).toContain(
    '443 - - - "-" - - Failed:UnmappedConnectionError TID_1 -',
  );
});

test("a line of a TLS listener's access log", () => {
  const line = flowLine("net/my-network-loadbalancer/c6e77e28c25b2234", {
    endedAt: at,
    beganAt: at - 5,
    listenerId: "g3d4b5e8bb8464cd",
    address: "72.21.218.154",
    port: 51_341,
    localAddress: "172.100.100.185",
    localPort: 443,
    handshake: 2,
    received: 98,
    sent: 246,
    certificateArn: CERTIFICATE,
    cipher: "ECDHE-RSA-AES128-SHA",
    protocol: "TLSv1.2",
    serverName: "my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com",
    alpn: "h2",
    targetAlpn: "h2",
    offered: ["h2", "http/1.1"],
  });
  expect(line).toBe(
    "tls 2.0 2018-07-02T22:23:00 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd " +
      `72.21.218.154:51341 172.100.100.185:443 5 2 98 246 - ${CERTIFICATE} - ECDHE-RSA-AES128-SHA tlsv12 - ` +
      'my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com h2 h2 "h2","http/1.1" 2018-07-02T22:23:00\n',
  );
});

test("a line of the health check log", () => {
  const check = {
    at,
    protocol: "HTTP",
    latency: 19.584,
    address: "172.31.20.97",
    port: 80,
    targetGroup: "web",
  } as const;
  expect(healthCheckLine({ ...check, passed: true, statusCode: 200, reason: undefined })).toBe(
    "http 2018-07-02T22:23:00.186000Z 0.019584000 172.31.20.97:80 web PASS 200 -\n",
  );
  expect(healthCheckLine({ ...check, passed: false, statusCode: undefined, reason: "RequestTimedOut" })).toContain(
    "web FAIL - RequestTimedOut",
  );
});

/** As the Athena user guide reads access logs of ALB, with our own names for its groups left out. */
const ATHENA =
  /^([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) "([^ ]*) (.*) (- |[^ ]*)" "([^"]*)" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^"]*)" ([-.0-9]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^ ]*)" "([^\s]+?)" "([^\s]+)" "([^ ]*)" "([^ ]*)" ?([^ ]*)?( .*)?$/;

test("whatever clients send, Athena reads every field of a line where it belongs", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", '"', "\\", " ", "\n", "\0", "é", "%", "/", "?", ":"),
    maxLength: 20,
  });
  const maybe = fc.option(text, { nil: undefined });
  const input = fc.record({ userAgent: maybe, uri: text, host: maybe, traceId: maybe, redirectUrl: maybe });
  fc.assert(
    fc.property(input, fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }), (more, status) => {
      const line = accessLine(RESOURCE, { ...facts, ...more, status });
      const fields = ATHENA.exec(line.slice(0, -1));
      expect(fields?.[11]).toBe(status === undefined ? "-" : String(status));
      expect(fields?.[21]).toBe(GROUP);
      expect(fields?.[24]).toBe(CERTIFICATE);
      expect(fields?.[27]).toBe("authenticate,forward");
      expect(fields?.[34]).toBe("TID_1234abcd5678ef90");
    }),
    { numRuns: 300 },
  );
});
