import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { EdgeRule } from "#domain/edge-config.ts";
import { frontWorld, httpTarget } from "../../../tests/support/application-front.ts";
import { doing, FORWARD, targetGroup } from "../../../tests/support/edge-config.ts";
import { eventually } from "../../../tests/support/edge-world.ts";

const GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";
const TO_GROUP = doing({ type: "forward", targetGroups: [{ arn: GROUP, weight: 1 }] });

function rule(priority: number, more: Partial<EdgeRule>): EdgeRule {
  const base = { arn: `rule-${priority}`, priority, conditions: [], transforms: [] };
  return { ...base, actions: doing(fixed(`rule ${priority}`)).actions, ...more };
}

function fixed(body: string, statusCode = 200) {
  return { type: "fixed-response", statusCode, contentType: "text/plain", body } as const;
}

const line = (lines: readonly string[]): Promise<string> => eventually("a log line", async () => lines.at(-1));

test("the first rule whose conditions hold answers, else the default rule", async () => {
  const { configure, ask, lines, counted } = await frontWorld();
  configure({
    rules: [
      rule(1, { conditions: [{ field: "path-pattern", values: ["/one*"], regexes: [] }] }),
      rule(7, { conditions: [{ field: "host-header", values: ["b.test"], regexes: [] }] }),
    ],
  });
  expect(await ask("/one")).toMatchObject({ status: 200, body: "rule 1" });
  expect(await ask("/two", { host: "B.test" })).toMatchObject({ body: "rule 7" });
  const answered = await ask("/two");
  expect(answered).toMatchObject({ body: "hello" });
  expect(answered.headers).toMatchObject({ server: "awselb/2.0", "content-type": "text/plain; charset=utf-8" });
  await eventually("three lines", async () => (lines.length === 3 ? true : undefined));
  expect(lines.map((one) => / "-" (\S+) 2026\S+ "fixed-response" /.exec(one)?.[1])).toEqual(["1", "7", "0"]);
  expect(counted()).toMatchObject({
    RequestCount: 3,
    HTTP_Fixed_Response_Count: 3,
    RuleEvaluations: 5,
    ProcessedBytes: expect.any(Number),
  });
});

test.for([
  ["Upgrade", "websocket", { Connection: "Upgrade", Upgrade: "WebSocket" }],
  ["Connection", "*upgrade*", { Connection: "keep-alive, Upgrade", Upgrade: "h2c" }],
  ["TE", "trailers", { TE: "trailers" }],
  ["Expect", "100-*", { Expect: "100-continue" }],
  ["Content-Length", "5", { "Content-Length": "5" }],
  ["Transfer-Encoding", "chunked", { "Transfer-Encoding": "chunked" }],
] as const)("a condition on %s sees what targets do not", async ([name, value, headers]) => {
  const { configure, ask } = await frontWorld();
  for (const attributes of [{}, { "routing.http.response.server.enabled": "false" }]) {
    configure({
      attributes,
      rules: [rule(1, { conditions: [{ field: "http-header", name, values: [value], regexes: [] }] })],
    });
    expect(await ask("/", { method: "POST", headers, body: "12345" })).toMatchObject({ body: "rule 1" });
    expect(await ask("/", { headers: { "X-Other": value } })).toMatchObject({ body: "hello" });
  }
});

test("a forwarded request is logged with its target and counted for both", async () => {
  const { port } = await httpTarget((_, response) => response.end("from the target"));
  const { configure, ask, lines, counted } = await frontWorld({ secure: true });
  configure({ defaultRule: TO_GROUP }, { targetGroups: [targetGroup([port], { arn: GROUP })] });
  expect(await ask("/x?y=1", { headers: { "user-agent": 'curl "8"' } })).toMatchObject({ status: 200 });
  expect(await line(lines)).toMatch(
    new RegExp(
      [
        String.raw`^https 2026-11-22T12:00:00\.000000Z app/web/0123456789abcdef 192\.0\.2\.7:50000 127\.0\.0\.1:${port}`,
        String.raw`0\.000 0\.000 0\.000 200 200 \d+ \d+ "GET https://a\.test:443/x\?y=1 HTTP/1\.1" "curl \\x228\\x22"`,
        String.raw`TLS_AES_128_GCM_SHA256 TLSv1\.3 ${GROUP} "Root=1-[0-9a-f]{8}-[0-9a-f]{24}" "a\.test"`,
        String.raw`"arn:aws:acm:eu-west-1:123456789012:certificate/1" 0 2026-11-22T12:00:00\.000000Z "forward" "-" "-"`,
        String.raw`"127\.0\.0\.1:${port}" "200" "-" "-" TID_test "-" "-" "-"` + "\n$",
      ].join(" "),
    ),
  );
  expect(counted()).toMatchObject({
    RequestCount: 1,
    [`RequestCount ${GROUP}`]: 1,
    [`HTTPCode_Target_2XX_Count ${GROUP}`]: 1,
    HTTPCode_Target_2XX_Count: 1,
    [`RequestCountPerTarget ${GROUP}`]: 1,
    TargetResponseTime: 0,
  });
  await ask("/", { headers: { under_score: "x" } });
  await eventually("the count", async () => counted()["ForwardedInvalidHeaderRequestCount"]);
});

test("transforms change what the target sees, not which rule it was, and are logged", async () => {
  const target = await httpTarget((request, response) => response.end(`${request.headers.host} ${request.url}`));
  const { configure, ask, lines } = await frontWorld();
  const transforms = [
    { type: "host-header-rewrite", rewrites: [{ regex: "^(.+)\\.test$", replace: "$1.internal" }] },
    { type: "url-rewrite", rewrites: [{ regex: "^/old/(.*)$", replace: "/new/$1" }] },
  ] as const;
  configure(
    { rules: [rule(1, { actions: FORWARD.actions, transforms })] },
    { targetGroups: [targetGroup([target.port])] },
  );
  expect(await ask("/old/a?b")).toMatchObject({ body: "a.internal /new/a?b" });
  expect(await line(lines)).toContain('"a.internal" "/new/a?b" "TransformSuccess"\n');
  configure({
    rules: [rule(1, { transforms: [{ type: "url-rewrite", rewrites: [{ regex: ".*", replace: "no path" }] }] })],
  });
  expect(await ask("/")).toMatchObject({ status: 500 });
  await eventually("the reason", async () => lines.find((one) => one.includes("TransformInvalidPath")));
});

test("a redirect keeps what it names, and one that is too long is refused", async () => {
  const { configure, ask, lines, counted } = await frontWorld();
  const action = { type: "redirect", statusCode: 301, protocol: "HTTPS", host: "#{host}", port: "443" } as const;
  configure({ defaultRule: doing({ ...action, path: "/#{path}", query: "#{query}" }) });
  expect(await ask("/a/b?c=d", { host: "a.test:80" })).toMatchObject({
    status: 301,
    headers: { location: "https://a.test:443/a/b?c=d" },
  });
  expect(await line(lines)).toContain('"redirect" "https://a.test:443/a/b?c=d"');
  expect(counted()).toMatchObject({ HTTP_Redirect_Count: 1, HTTPCode_ELB_3XX_Count: 1 });
  expect(await ask(`/${"x".repeat(8_200)}`)).toMatchObject({ status: 500 });
  await eventually("the count", async () => counted()["HTTP_Redirect_Url_Limit_Exceeded_Count"]);
});

describe("answers of its own", () => {
  test("503 where a target group has no targets", async () => {
    const { configure, ask, lines, counted } = await frontWorld();
    configure({ defaultRule: FORWARD }, { targetGroups: [targetGroup([])] });
    expect(await ask("/")).toMatchObject({ status: 503 });
    expect(await line(lines)).toContain(" - -1 -1 -1 503 - ");
    expect(counted()).toMatchObject({ HTTPCode_ELB_5XX_Count: 1, HTTPCode_ELB_503_Count: 1 });
  });

  test("463 for more than 30 addresses in X-Forwarded-For", async () => {
    const { ask } = await frontWorld();
    const addresses = (count: number): string => Array.from({ length: count }, () => "192.0.2.1").join(", ");
    const forwarded = (count: number) => ask("/", { headers: { "X-Forwarded-For": addresses(count) } });
    expect(await forwarded(30)).toMatchObject({ status: 200 });
    expect(await forwarded(31)).toMatchObject({ status: 463 });
  });

  test("464 for HTTP/1.1 to a gRPC target group", async () => {
    const { configure, ask, counted } = await frontWorld();
    configure({ defaultRule: FORWARD }, { targetGroups: [targetGroup([9], { protocolVersion: "GRPC" })] });
    expect(await ask("/", { method: "POST" })).toMatchObject({ status: 464 });
    await eventually("the count", async () => counted()["HTTPCode_ELB_4XX_Count"]);
  });

  test("460 in the log for a client that did not wait", async () => {
    const target = await httpTarget(() => {});
    const { configure, port, lines } = await frontWorld();
    configure({ defaultRule: FORWARD }, { targetGroups: [targetGroup([target.port])] });
    const socket = connect(port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    await eventually("the request at its target", async () => target.requests[0]);
    socket.destroy();
    expect(await line(lines)).toMatch(/ -1 -1 -1 460 - /);
  });

  test("400 for what is no request is logged as well", async () => {
    const { port, lines, counted } = await frontWorld();
    const socket = connect(port, "127.0.0.1");
    socket.end("GET /\x01 HTTP/1.1\r\nHost: a.test\r\n\r\n");
    socket.resume();
    await once(socket, "close");
    expect(await line(lines)).toMatch(/^http \S+ app\/web\/0123456789abcdef 192\.0\.2\.7:50000 - -1 -1 -1 400 - /);
    expect(counted()).toMatchObject({ HTTPCode_ELB_4XX_Count: 1 });
  });
});

test("the listener's answer fields are in every answer, and Server goes if it must", async () => {
  const target = await httpTarget((_, response) => {
    response.setHeader("Server", "target/1");
    response.setHeader("X-Frame-Options", "DENY");
    response.end();
  });
  const { configure, ask } = await frontWorld();
  const attributes = {
    "routing.http.response.server.enabled": "false",
    "routing.http.response.x_frame_options.header_value": "SAMEORIGIN",
    "routing.http.response.strict_transport_security.header_value": "max-age=1",
  };
  const rules = [rule(1, { conditions: [{ field: "path-pattern", values: ["/own"], regexes: [] }] })];
  configure({ attributes, rules, defaultRule: FORWARD }, { targetGroups: [targetGroup([target.port])] });
  for (const path of ["/own", "/target", "/own"]) {
    const { headers } = await ask(path);
    expect(headers["server"]).toBeUndefined();
    expect(headers).toMatchObject({ "x-frame-options": "SAMEORIGIN", "strict-transport-security": "max-age=1" });
  }
});

test("an ACME challenge is answered before any rule, on HTTP listeners only", async () => {
  const challenges = { token: "token.thumbprint" };
  const path = "/.well-known/acme-challenge/token";
  const clear = await frontWorld({ challenges });
  expect(await clear.ask(path)).toMatchObject({ status: 200, body: "token.thumbprint" });
  expect(await clear.ask(`${path}2`)).toMatchObject({ body: "hello" });
  const secure = await frontWorld({ challenges, secure: true });
  expect(await secure.ask(path)).toMatchObject({ body: "hello" });
});
