import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type EventWorld, eventWorld, SECRET } from "../../tests/support/event-world.ts";
import { type WebhookServer, webhookServer } from "../../tests/support/webhook.ts";
import type { DeliverDeps } from "./deliver.ts";
import { resendDead, resendSince } from "./resend.ts";
import { type Undelivered, undelivered } from "./undelivered.ts";

interface Scene extends EventWorld {
  readonly hook: WebhookServer;
}

async function scene(more: Partial<DeliverDeps> = {}): Promise<Scene> {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const hook = await webhookServer();
  return { ...(await eventWorld(store, [hook], more)), hook };
}

/** The numbers of the events that arrived, in order. */
const numbers = (hook: WebhookServer): unknown[] => hook.events().map(({ detail }) => (detail as { n: unknown }).n);

/** What is not delivered. */
async function left(store: Store): Promise<readonly Undelivered[]> {
  const all: Undelivered[] = [];
  for await (const page of undelivered({ store })) all.push(...page);
  return all;
}

describe("a webhook", () => {
  test("gets every event whole and signed", async () => {
    const { hook, publish, work } = await scene();
    const id = await publish({ n: 1 });
    await work();
    const [received] = hook.received;
    expect(received).toMatchObject({ method: "POST", path: "/hook" });
    expect(JSON.parse(received!.body)).toEqual({
      version: "0",
      id,
      "detail-type": "Test",
      source: "my.app",
      account: "123456789012",
      time: "2026-11-22T00:00:00Z",
      region: "eu-west-1",
      resources: ["arn:one"],
      detail: { n: 1 },
    });
    expect(received!.headers).toMatchObject({ "sealkeeper-event-id": id, "user-agent": "Sealkeeper" });
    const [, seconds, mac] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(received!.headers["sealkeeper-signature"])) ?? [];
    expect(Number(seconds)).toBe(Date.parse("2026-11-22T00:00:00Z") / 1000);
    expect(mac).toBe(createHmac("sha256", SECRET).update(`${seconds}.${received!.body}`).digest("hex"));
  });

  test("that fails gets the event again, and what comes behind it of the same resource waits", async () => {
    const { hook, publish, work, liveFor, tries } = await scene();
    hook.answer = ({ body }, response) =>
      void response.writeHead(body.includes("arn:bad") ? 503 : 200).end("out of order");
    await publish({ n: 1 }, "arn:bad");
    await publish({ n: 2 }, "arn:bad");
    await publish({ n: 3 }, "arn:good");
    await publish({ n: 4 }, "arn:good");
    await work();
    expect(new Set(numbers(hook))).toEqual(new Set([1, 3, 4]));
    hook.answer = (_, response) => void response.writeHead(200).end();
    await liveFor(10 * SECOND);
    expect(numbers(hook).slice(-2)).toEqual([1, 2]);
    expect(tries.filter(({ outcome }) => outcome === "failed")[0]?.problem).toBe("it answered 503");
  });

  test("that wants to be left alone for a while is", async () => {
    const { hook, publish, liveFor } = await scene();
    hook.answer = (_, response) => void response.writeHead(429, { "retry-after": "600" }).end();
    await publish({ n: 1 });
    await liveFor(9 * MINUTE);
    expect(hook.received).toHaveLength(1);
    await liveFor(2 * MINUTE);
    expect(hook.received).toHaveLength(2);
  });

  test("that is given up after 24 hours leaves a dead letter, lets the next through, and can have it again", async () => {
    const { hook, publish, liveFor, work, deps, store } = await scene();
    hook.answer = ({ body }, response) => void response.writeHead(body.includes('"n":1') ? 500 : 200).end();
    await publish({ n: 1 });
    await publish({ n: 2 });
    await liveFor(25 * HOUR);
    expect(hook.received.length).toBeGreaterThan(100);
    expect(hook.received.length).toBeLessThan(190);
    expect(numbers(hook).at(-1)).toBe(2);
    expect(await left(store)).toMatchObject([{ state: "DEAD", lastError: "it answered 500", detailType: "Test" }]);
    hook.answer = (_, response) => void response.writeHead(200).end();
    expect(await resendDead(deps)).toBe(1);
    await work();
    expect(numbers(hook).at(-1)).toBe(1);
    expect(await left(store)).toEqual([]);
  });

  test("that is gone for good is not asked again", async () => {
    const { hook, publish, liveFor, tries } = await scene();
    hook.answer = (_, response) => void response.writeHead(410).end();
    await publish({ n: 1 });
    await liveFor(HOUR);
    expect(hook.received).toHaveLength(1);
    expect(tries).toEqual([{ outcome: "dead", problem: "it answered 410" }]);
  });

  test("that is not trusted gets nothing", async () => {
    const store = await openStore("file::memory:");
    onTestFinished(() => store.destroy());
    const hook = await webhookServer();
    const world = await eventWorld(store, [{ ...hook, ca: (await webhookServer()).ca }]);
    await world.publish({ n: 1 });
    await world.work();
    expect(hook.received).toEqual([]);
    expect(world.tries[0]?.problem).toMatch(/self.signed certificate/i);
  });

  test("that is down takes little of our time, and all of it is brought when it is back", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as { port: number };
    closed.close();
    await once(closed, "close");
    const store = await openStore("file::memory:");
    onTestFinished(() => store.destroy());
    const world = await eventWorld(store, [{ ...(await webhookServer()), url: `https://localhost:${port}/` }]);
    for (let n = 0; n < 40; n++) await world.publish({ n }, `arn:${n}`);
    await world.work();
    // The first few find out; for all others it rests.
    expect(world.tries.length).toBeLessThan(20);
    expect(world.tries[0]?.problem).toMatch(/ECONNREFUSED/);
  });

  test("can have everything once more", async () => {
    const { hook, publish, work, deps, clock } = await scene();
    await publish({ n: 1 });
    await work();
    clock.advance(HOUR);
    await publish({ n: 2 });
    await publish({ n: 3 });
    await work();
    expect(await resendSince(new Date(clock.now().getTime() - MINUTE), deps)).toBe(2);
    await work();
    expect(numbers(hook)).toEqual([1, 2, 3, 2, 3]);
    expect(hook.events().at(-1)).toHaveProperty("replay-name", expect.stringMatching(/^again-/));
  });
});

describe("standard output", () => {
  test("gets a line of JSON for each event, in order", async () => {
    const lines: string[] = [];
    const store = await openStore("file::memory:");
    onTestFinished(() => store.destroy());
    const world = await eventWorld(store, [], { writeEvent: async (line) => void lines.push(line) });
    await store.insertInto("eventSubscribers").values({ target: "stdout" }).execute();
    for (let n = 0; n < 5; n++) await world.publish({ n });
    await world.work();
    expect(lines.map((line) => JSON.parse(line).detail.n)).toEqual([0, 1, 2, 3, 4]);
    expect(lines.every((line) => line.endsWith("}\n"))).toBe(true);
  });
});

describe("an API destination", () => {
  test("gets what its rule wants, with the connection's credentials", async () => {
    const { hook, ruleTo, publish, liveFor } = await scene({ webhooks: new Map() });
    await ruleTo(hook, { source: ["my.app"], detail: { n: [{ numeric: [">", 1] }] } });
    for (let n = 0; n < 4; n++) await publish({ n });
    await publish({ n: 9 }, "arn:one", "other.app");
    await liveFor(SECOND);
    expect(numbers(hook)).toEqual([2, 3]);
    expect(hook.received[0]?.headers).toMatchObject({
      "x-api-key": "hush",
      "user-agent": "Amazon/EventBridge/ApiDestinations",
      "content-type": "application/json; charset=utf-8",
      range: "bytes=0-1048575",
    });
  });

  test("gets it in the form that the target asks for", async () => {
    const { hook, ruleTo, publish, work } = await scene({ webhooks: new Map() });
    await ruleTo(
      hook,
      { source: ["my.app"] },
      {
        InputTransformer: { InputPathsMap: { n: "$.detail.n" }, InputTemplate: '{"text": "number <n>"}' },
        HttpParameters: { HeaderParameters: { "x-number": "$.detail.n" }, QueryStringParameters: { id: "$.id" } },
      },
    );
    const id = await publish({ n: 7 });
    await work();
    expect(hook.received).toMatchObject([
      { path: `/hook?id=${id}`, body: '{"text": "number 7"}', headers: { "x-number": "7" } },
    ]);
  });

  test("that refuses an event is not asked again; one that is busy is, as often as the target says", async () => {
    const { hook, ruleTo, publish, liveFor, tries } = await scene({ webhooks: new Map() });
    await ruleTo(
      hook,
      { source: ["my.app"] },
      { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 } },
    );
    hook.answer = (_, response) => void response.writeHead(400).end();
    await publish({ n: 1 });
    await liveFor(MINUTE);
    expect(tries).toEqual([{ outcome: "dead", problem: "it answered 400" }]);
    hook.answer = (_, response) => void response.writeHead(503).end();
    await publish({ n: 2 });
    await liveFor(HOUR);
    expect(tries.slice(1).map(({ outcome }) => outcome)).toEqual(["failed", "failed", "dead"]);
  });

  test.for([
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://0x7f.1/",
    "https://localhost/",
    "https://169.254.169.254/x",
  ])("is not made for %s unless the settings allow it: ValidationException", async (endpoint) => {
    const { call, refusal } = await scene({ localTargets: false });
    const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: "k", ApiKeyValue: "v" } };
    const connection = { Name: "c", AuthorizationType: "API_KEY", AuthParameters };
    const { ConnectionArn } = await call("CreateConnection", connection);
    const destination = { Name: "d", ConnectionArn, InvocationEndpoint: endpoint, HttpMethod: "POST" };
    const [name, message] = await refusal("CreateApiDestination", destination);
    // Characters that EventBridge does not know in a URL are refused before anybody asks where it is.
    expect([name, message]).toEqual(["ValidationException", expect.stringMatching(/event-local-targets|constraint/)]);
  });

  test("whose name points to this machine is caught when it is looked up", async () => {
    const { hook, ruleTo, publish, work, tries, deps } = await scene({ webhooks: new Map() });
    await ruleTo(hook, { source: ["my.app"] });
    Object.assign(deps, { localTargets: false });
    await publish({ n: 1 });
    await work();
    expect(hook.received).toEqual([]);
    expect(tries[0]?.problem).toMatch(/localhost is at (127\.0\.0\.1|::1) \(loopback\), which is not called/);
  });

  test("that does not answer is left after five seconds", async () => {
    const { hook, ruleTo, publish, work, tries } = await scene({ webhooks: new Map() });
    await ruleTo(hook, { source: ["my.app"] });
    hook.answer = () => {};
    await publish({ n: 1 });
    await work();
    expect(tries).toEqual([{ outcome: "failed", problem: "it did not answer within 5 s" }]);
  });

  test("that redirects is not followed, and one that never stops answering is cut off", async () => {
    const { hook, ruleTo, publish, work, liveFor, tries } = await scene({ webhooks: new Map() });
    await ruleTo(hook, { source: ["my.app"] });
    hook.answer = (_, response) => void response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    await publish({ n: 1 });
    await work();
    const cut = Promise.withResolvers<void>();
    hook.answer = (_, response) => {
      response.on("close", () => cut.resolve());
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write("x".repeat(65_536), more);
      };
      more();
    };
    await publish({ n: 2 });
    await liveFor(SECOND);
    await cut.promise;
    expect(tries).toEqual([
      { outcome: "dead", problem: "it answered 302" },
      { outcome: "taken", problem: undefined },
    ]);
  });

  test("without its connection's secrets gets nothing, and the event is kept as dead", async () => {
    const { hook, ruleTo, publish, work, tries, call } = await scene({ webhooks: new Map() });
    const arn = await ruleTo(hook, { source: ["my.app"] });
    const name = arn.split("/")[1];
    expect(await call("DeauthorizeConnection", { Name: name })).toMatchObject({ ConnectionState: "DEAUTHORIZED" });
    expect(await call("DescribeApiDestination", { Name: name })).toMatchObject({ ApiDestinationState: "INACTIVE" });
    await publish({ n: 1 });
    await work();
    expect(tries).toEqual([{ outcome: "dead", problem: `the connection ${name} of ${arn} is not authorized` }]);
  });

  test("gets no more calls a second than it was made for", async () => {
    const { hook, ruleTo, publish, work, liveFor, call } = await scene({ webhooks: new Map() });
    const arn = await ruleTo(hook, { source: ["my.app"] });
    await call("UpdateApiDestination", { Name: arn.split("/")[1], InvocationRateLimitPerSecond: 1 });
    for (let n = 0; n < 3; n++) await publish({ n }, `arn:${n}`);
    await work();
    expect(hook.received).toHaveLength(1);
    await liveFor(3 * SECOND);
    expect(hook.received).toHaveLength(3);
  });
});
