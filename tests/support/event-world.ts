import { rootCertificates } from "node:tls";
import { gateway } from "#aws/gateway.ts";
import { mount } from "#aws/service.ts";
import { keyFileRoot } from "#custody/root.ts";
import type { AccountId, Caller, Region } from "#domain/names.ts";
import { purgeMetrics } from "#events/balancer-metrics.ts";
import { Congestion } from "#events/congestion.ts";
import { type DeliverDeps, deliverEvents, WEBHOOK } from "#events/deliver.ts";
import { DELIVER_EVENTS, PURGE_EVENTS, PURGE_METRICS, REPLAY_EVENTS } from "#events/jobs.ts";
import { openEvents } from "#events/open.ts";
import { purgeEvents } from "#events/purge.ts";
import { replayEvents } from "#events/replays.ts";
import { routeEvents } from "#events/route.ts";
import type { Webhook } from "#events/webhook.ts";
import { runDueJobs } from "#jobs/worker.ts";
import { publishIn, ROUTE_EVENTS } from "#journal/events.ts";
import { DAY } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { cloudwatch } from "#services/cloudwatch/index.ts";
import { eventbridge } from "#services/eventbridge/index.ts";
import { nextJobAt } from "#store/jobs.ts";
import type { Store } from "#store/store.ts";
import { type TestClock, testClock } from "./test-clock.ts";
import type { WebhookServer } from "./webhook.ts";

export const ACCOUNT = "123456789012" as AccountId;
export const REGION = "eu-west-1" as Region;
export const SECRET = "a secret of this test";

/** Events with everything they need, and a clock that stands still. */
export interface EventWorld {
  readonly deps: DeliverDeps;
  readonly clock: TestClock;
  readonly store: Store;
  /** What came of each try, in order. */
  readonly tries: { readonly outcome: string; readonly problem: string | undefined }[];
  /** Errors of jobs. */
  readonly failures: unknown[];
  /** Publishes an event about something. */
  readonly publish: (detail: Record<string, unknown>, resource?: string, source?: string) => Promise<string>;
  /** Calls an operation of EventBridge or CloudWatch as a client does. Throws what it is answered with. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the JSON that went over the wire
  readonly call: (operation: string, input: object, owner?: { account?: AccountId; region?: Region }) => Promise<any>;
  /** The name of the error that a call is answered with, and its message. */
  readonly refusal: (operation: string, input: object) => Promise<readonly [string, string]>;
  /** Makes a connection, an API destination and a rule with a target there; answers the ARN of the destination. */
  readonly ruleTo: (webhook: WebhookServer, pattern: object, target?: object) => Promise<string>;
  /** Does all jobs that are due at this moment, until none is. */
  readonly work: () => Promise<void>;
  /** Moves the clock on from due job to due job. */
  readonly liveFor: (millis: number) => Promise<void>;
}

/** Webhooks get every event; API destinations may be on this machine unless told. */
export async function eventWorld(
  store: Store,
  webhooks: readonly WebhookServer[] = [],
  more: Partial<DeliverDeps> = {},
): Promise<EventWorld> {
  const clock = testClock("2026-11-22T00:00:00Z");
  const trusted = [...rootCertificates, ...webhooks.map(({ ca }) => ca)];
  const secrets = [new PlaintextKey(Buffer.from(SECRET))];
  const tries: EventWorld["tries"] = [];
  const failures: unknown[] = [];
  const deps: DeliverDeps = {
    store,
    clock,
    ids: randomIds,
    root: keyFileRoot(Buffer.alloc(32, 7)),
    webhooks: new Map(
      webhooks.map(({ url }): [string, Webhook] => [`${WEBHOOK}${url}`, { url: new URL(url), secrets, trusted }]),
    ),
    writeEvent: undefined,
    trusted,
    localTargets: true,
    congestion: new Congestion(),
    onDelivery: (outcome, _, problem) => void tries.push({ outcome, problem }),
    ...more,
  };
  await openEvents([...deps.webhooks.keys()], deps);
  const jobs = {
    node: "test",
    store,
    clock,
    tasks: {
      [ROUTE_EVENTS]: (lane: string) => routeEvents(lane, deps),
      [DELIVER_EVENTS]: (lane: string) => deliverEvents(lane, deps),
      [REPLAY_EVENTS]: (name: string) => replayEvents(name, deps),
      [PURGE_METRICS]: () => purgeMetrics(deps),
      [PURGE_EVENTS]: () => purgeEvents({ ...deps, eventsRetention: 30 * DAY }),
    },
    onError: (_: unknown, error: unknown) => void failures.push(error),
  };
  const caller = ({ account = ACCOUNT, region = REGION } = {}): Caller => ({
    kind: "root",
    account,
    region,
    arn: `arn:aws:iam::${account}:root`,
    accessKeyId: "AKIATEST",
    requestId: randomIds.uuid(),
  });

  const world: EventWorld = {
    deps,
    clock,
    store,
    tries,
    failures,
    publish(detail, resource = "arn:one", source = "my.app") {
      const event = { account: ACCOUNT, region: REGION, source, detailType: "Test", resources: [resource], detail };
      return store.transaction().execute((tx) => publishIn(tx, event, deps));
    },
    async call(operation, input, owner) {
      const isMetric = /Metric/.test(operation);
      const answer = gateway([mount(eventbridge, deps), mount(cloudwatch, deps)], {
        authenticate: () => Promise.resolve(caller(owner)),
        ids: randomIds,
        audit: { record: () => Promise.resolve(), note: () => {} },
        log: ({ bug }) => {
          if (bug !== undefined) throw bug;
        },
      });
      const body = Buffer.from(JSON.stringify(input));
      const scope = isMetric ? "monitoring" : "events";
      const reply = await answer({
        method: "POST",
        path: "/",
        query: new URLSearchParams(),
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `${isMetric ? "GraniteServiceVersion20100801" : "AWSEvents"}.${operation}`,
          authorization: `AWS4-HMAC-SHA256 Credential=AKIATEST/20261122/eu-west-1/${scope}/aws4_request, SignedHeaders=host, Signature=00`,
        },
        body,
        signedBody: body,
        remoteAddress: "127.0.0.1",
      });
      const parsed = JSON.parse(String(reply.body ?? "") || "{}");
      if (parsed.__type !== undefined) throw Object.assign(new Error(parsed.message), { name: parsed.__type });
      return parsed;
    },
    async refusal(operation, input) {
      try {
        await world.call(operation, input);
      } catch (error) {
        return [(error as Error).name, (error as Error).message];
      }
      throw new Error(`${operation} was not refused`);
    },
    async ruleTo({ url }, pattern, target = {}) {
      const name = `n${randomIds.hex(4)}`;
      const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: "x-api-key", ApiKeyValue: "hush" } };
      const { ConnectionArn } = await world.call("CreateConnection", {
        Name: name,
        AuthorizationType: "API_KEY",
        AuthParameters,
      });
      const { ApiDestinationArn } = await world.call("CreateApiDestination", {
        Name: name,
        ConnectionArn,
        InvocationEndpoint: url,
        HttpMethod: "POST",
      });
      await world.call("PutRule", { Name: name, EventPattern: JSON.stringify(pattern) });
      await world.call("PutTargets", { Rule: name, Targets: [{ Id: "1", Arn: ApiDestinationArn, ...target }] });
      return ApiDestinationArn;
    },
    async work() {
      while ((await runDueJobs(jobs)) > 0);
    },
    async liveFor(millis) {
      const until = new Date(clock.now().getTime() + millis);
      for (;;) {
        await world.work();
        const next = await nextJobAt(store);
        if (next === undefined || next > until.getTime()) break;
        clock.set(new Date(next));
      }
      clock.set(until);
    },
  };
  return world;
}
