import { describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import type { BusEvent } from "#domain/events/event.ts";
import { deliverEvents } from "#events/deliver.ts";
import { openEvents } from "#events/open.ts";
import { purgeEvents } from "#events/purge.ts";
import { replayEvents } from "#events/replays.ts";
import { publishIn } from "#journal/events.ts";
import { DAY, HOUR, later, MINUTE } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { giveNotices } from "#lifecycle/notices.ts";
import { readSubscribers } from "#store/event-deliveries.ts";
import type { Store } from "#store/store.ts";
import { BALANCER, type CertificateWorld, certificateWorld } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { ACCOUNT, eventWorld, REGION } from "../support/event-world.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { blob, selfSigned } from "../support/self-signed.ts";
import { webhookServer } from "../support/webhook.ts";

const SOURCE = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const OWNER = `${ACCOUNT}/${REGION}`;

/** The events of a store, in the order in which they were published. */
async function events(store: Store, resource?: string): Promise<BusEvent[]> {
  const rows = await store.selectFrom("events").select("body").orderBy("position").execute();
  const all = rows.map(({ body }) => JSON.parse(body) as BusEvent);
  return resource === undefined ? all : all.filter(({ resources }) => resources[0] === resource);
}
const kinds = (of: readonly BusEvent[]): string[] =>
  of.map(({ detail, ...event }) =>
    [event["detail-type"].replace(/^ACM Certificate /, ""), detail["Action"]].join(" ").trim(),
  );

/** A certificate that is issued, and whose domain can be proved again. */
async function issued(world: CertificateWorld): Promise<Issued> {
  const arn = await world.request("www.example.com");
  const { Name, Value } = (await world.describe(arn)).DomainValidationOptions[0].ResourceRecord;
  const zone = await world.zone("www.example.com");
  await zone.put(Name, Value);
  await world.work();
  expect((await world.describe(arn)).Status).toBe("ISSUED");
  return { arn, removeRecord: () => zone.remove(Name, Value), putRecord: () => zone.put(Name, Value) };
}

interface Issued {
  readonly arn: CertificateArn;
  readonly removeRecord: () => Promise<void>;
  readonly putRecord: () => Promise<void>;
}

/** Rows of imported certificates that end so many days from now, without the cost of making them. */
async function insertEnding(world: CertificateWorld, days: readonly number[]): Promise<void> {
  const now = world.clock.now().getTime();
  for (const [index, day] of days.entries()) {
    const arn = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/${String(index).padStart(8, "0")}` as CertificateArn;
    const names = JSON.stringify(["x.example.com"]);
    const common = { account: ACCOUNT, region: REGION, createdAt: now, type: "IMPORTED", status: "ISSUED" } as const;
    const said = {
      keyUsages: "",
      extendedKeyUsages: "",
      renewal: "NONE",
      exportOption: "DISABLED",
      generation: 1,
    } as const;
    await world.store
      .insertInto("certificates")
      .values({
        ...common,
        ...said,
        arn,
        names,
        keyPairOrigin: "CUSTOMER_PROVIDED",
        keyAlgorithm: "RSA_2048",
        domainName: "x.example.com" as never,
        notBefore: now - DAY,
        notAfter: now + day * DAY - index,
      })
      .execute();
  }
  await world.store
    .insertInto("certificateSweeps")
    .values({
      account: ACCOUNT,
      region: REGION,
      cursorNotAfter: null,
      cursorArn: null,
      counts: "{}",
      totals: null,
      finishedAt: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

for (const database of DATABASES) {
  describe(`events on ${database.name}`, () => {
    test("a certificate's life is told as it happens", async () => {
      const world = await certificateWorld(await database.open());
      const { arn } = await issued(world);
      await world.attach(arn);
      await world.liveUntil(later(world.clock.now(), 160 * DAY));
      await world.detach(arn, BALANCER);
      const { NotAfter } = await world.describe(arn);
      await world.liveUntil(new Date(NotAfter * 1000 + MINUTE));
      const told = await events(world.store, arn);
      const approaching = Array.from({ length: 45 }, () => "Approaching Expiration");
      // Renewal begins a little more than 45 days before the end, so nobody hears of an end that does not come.
      expect(kinds(told)).toEqual(["Available ISSUANCE", "Available RENEWAL", ...approaching, "Expired"]);
      const days = told
        .filter((event) => /Approaching/.test(event["detail-type"]))
        .map(({ detail }) => detail["DaysToExpiry"]);
      expect(days).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
      expect(told[1]!.detail).toMatchObject({ Action: "RENEWAL", InUse: true });
      expect(told.at(-1)!.detail).toMatchObject({ CertificateType: "AMAZON_ISSUED", InUse: false });
    });

    test("imports are told, their end comes near and is not told when it comes", async () => {
      const world = await certificateWorld(await database.open());
      const notAfter = later(world.clock.now(), 5 * DAY);
      const foreign = await selfSigned({ names: ["x.example.com"], notAfter });
      const input = { Certificate: blob(foreign.certificate), PrivateKey: blob(foreign.privateKey) };
      const { body } = await world.call("ImportCertificate", input);
      await world.call("ImportCertificate", { ...input, CertificateArn: body.CertificateArn });
      await world.liveUntil(later(notAfter, DAY));
      expect(kinds(await events(world.store))).toEqual([
        "Available IMPORT",
        "Available REIMPORT",
        ...Array.from({ length: 5 }, () => "Approaching Expiration"),
      ]);
    });

    test("the account's own number of days before the end counts", async () => {
      const world = await certificateWorld(await database.open());
      const ExpiryEvents = { DaysBeforeExpiry: 2 };
      await world.call("PutAccountConfiguration", { IdempotencyToken: "a", ExpiryEvents });
      await insertEnding(world, [5]);
      for (let day = 0; day < 5; day++) {
        await giveNotices(OWNER, world.deps);
        world.clock.advance(DAY);
      }
      expect((await events(world.store)).map(({ detail }) => detail["DaysToExpiry"])).toEqual([2, 1]);
    });

    test("a renewal that is stuck is told on its days, and is overdue until it is done", async () => {
      const world = await certificateWorld(await database.open());
      const { arn, removeRecord, putRecord } = await issued(world);
      await world.attach(arn);
      await removeRecord();
      const { NotAfter } = await world.describe(arn);
      await world.liveUntil(new Date(NotAfter * 1000 - 29 * DAY));
      const told = (await events(world.store, arn)).filter(({ detail }) => detail["RenewalStatusReason"]);
      expect(told.map((event) => [event["detail-type"], event.detail["DaysToExpiry"]])).toEqual([
        ["Sealkeeper Certificate Renewal Overdue", expect.toBeOneOf([41, 42, 43])],
        ["ACM Certificate Renewal Action Required", 30],
      ]);
      expect(told[1]!.detail).toMatchObject({ RenewalStatusReason: "PENDING_DOMAIN_VALIDATION", InUse: true });
      await putRecord();
      await world.liveUntil(later(world.clock.now(), DAY));
      expect(kinds(await events(world.store, arn)).at(-1)).toBe("Available RENEWAL");
      const metrics = await eventWorld(world.store);
      metrics.clock.set(world.clock.now());
      const end = new Date(NotAfter * 1000);
      const { MetricDataResults } = await metrics.call("GetMetricData", {
        StartTime: later(end, -60 * DAY).getTime() / 1000,
        EndTime: world.clock.now().getTime() / 1000,
        ScanBy: "TimestampAscending",
        MetricDataQueries: [
          {
            Id: "overdue",
            MetricStat: {
              Metric: {
                Namespace: "Sealkeeper",
                MetricName: "RenewalOverdue",
                Dimensions: [{ Name: "CertificateArn", Value: arn }],
              },
              Period: 3600,
              Stat: "Maximum",
            },
          },
        ],
      });
      const values = MetricDataResults[0].Values as number[];
      const first = values.indexOf(1);
      expect(first).toBeGreaterThan(0);
      expect(values.lastIndexOf(1) - first).toBeGreaterThan(10 * 24);
      expect(values.slice(-12).every((value) => value === 0)).toBe(true);
    });

    test("a request that fails is told", async () => {
      const world = await certificateWorld(await database.open());
      await world.request("timed-out.example.com");
      await world.liveUntil(later(world.clock.now(), 4 * DAY));
      const [event] = await events(world.store);
      expect(event).toMatchObject({ source: "sealkeeper", detail: { FailureReason: "VALIDATION_TIMED_OUT" } });
    });

    test("many certificates are each told of once a day, in turns, even when two do it at once", async () => {
      const world = await certificateWorld(await database.open());
      await insertEnding(
        world,
        Array.from({ length: 450 }, (_, index) => (index % 50) + 1),
      );
      const sweep = async (): Promise<void> => {
        for (let turn = 0; turn < 20; turn++) {
          const again = await giveNotices(OWNER, world.deps);
          if (again?.getTime() !== world.clock.now().getTime()) break;
        }
      };
      await Promise.all([sweep(), sweep()]);
      await sweep();
      const told = await events(world.store);
      expect(told).toHaveLength(405);
      expect(new Set(told.map(({ resources }) => resources[0])).size).toBe(405);
      world.clock.advance(DAY);
      await sweep();
      expect(await events(world.store)).toHaveLength(810);
    });

    test("an event of a transaction that fails is never told", async () => {
      const world = await eventWorld(await database.open());
      const event = { account: ACCOUNT, region: REGION, source: "s", detailType: "t", resources: ["r"], detail: {} };
      const failed = world.store.transaction().execute(async (tx) => {
        await publishIn(tx, event, world.deps);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(await events(world.store)).toEqual([]);
    });

    test("events reach everybody in the order of each resource, whoever else is at work", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), [hook]);
      const waits: (() => void)[] = [];
      hook.answer = (_, response) => {
        waits.push(() => response.writeHead(200).end());
        // Answers come in another order than questions.
        if (waits.length > 1) waits.splice(Math.floor(waits.length / 2), 1)[0]?.();
        else setImmediate(() => waits.splice(0).forEach((answer) => answer()));
      };
      const publishing = Array.from({ length: 60 }, (_, n) => n);
      for (const n of publishing) await world.publish({ n }, `arn:${n % 6}`);
      const done = world.liveFor(HOUR);
      const flush = setInterval(() => waits.splice(0).forEach((answer) => answer()), 20);
      await done;
      clearInterval(flush);
      const got = hook.events() as unknown as BusEvent[];
      expect(got).toHaveLength(60);
      for (let lane = 0; lane < 6; lane++) {
        const numbers = got.filter(({ resources }) => resources[0] === `arn:${lane}`).map(({ detail }) => detail["n"]);
        expect(numbers).toEqual(publishing.filter((n) => n % 6 === lane));
      }
    });

    test("an event whose receiver took it and whose sender died is sent again, and nothing is lost", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), [hook]);
      await world.publish({ n: 1 });
      await world.publish({ n: 2 });
      const dying = {
        ...world.deps,
        onDelivery: () => {},
        // Dies between the answer and writing down that it came.
        store: new Proxy(world.store, {
          get(store, name: keyof Store) {
            if (name === "deleteFrom") throw new Error("killed");
            const value = store[name];
            return typeof value === "function" ? value.bind(store) : value;
          },
        }),
      };
      const { routeEvents } = await import("#events/route.ts");
      const { lane } = await world.store.selectFrom("events").select("lane").executeTakeFirstOrThrow();
      await routeEvents(lane, world.deps);
      const [target = ""] = await readSubscribers(world.store);
      await expect(deliverEvents(`${target} ${lane}`, dying)).rejects.toThrow("killed");
      await world.liveFor(MINUTE);
      expect(hook.events().map(({ detail }) => (detail as { n: number }).n)).toEqual([1, 1, 2]);
      expect(new Set(hook.events().map(({ id }) => id)).size).toBe(2);
    });

    test("a target that is removed has nothing more, and its rule can go", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), []);
      Object.assign(world.deps, { trusted: [hook.ca] });
      const arn = await world.ruleTo(hook, { source: ["my.app"] });
      const rule = arn.split("/")[1];
      hook.answer = (_, response) => void response.writeHead(503).end();
      await world.publish({ n: 1 });
      await world.work();
      await world.call("RemoveTargets", { Rule: rule, Ids: ["1"] });
      await world.call("DeleteRule", { Name: rule });
      expect(await world.store.selectFrom("eventDeliveries").select("target").execute()).toEqual([]);
      await world.liveFor(HOUR);
      expect(hook.received).toHaveLength(1);
    });

    test("an archive is replayed to the rules that are named, in order, and says that it is a replay", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), []);
      Object.assign(world.deps, { trusted: [hook.ca] });
      await world.publish({ n: 0 });
      world.clock.advance(MINUTE);
      const archive = { ArchiveName: "a", EventSourceArn: SOURCE, EventPattern: '{"source":["my.app"]}' };
      const { ArchiveArn } = await world.call("CreateArchive", archive);
      for (let n = 1; n <= 120; n++) await world.publish({ n }, `arn:${n % 2}`);
      await world.publish({ n: 999 }, "arn:0", "other.app");
      const wanted = await world.ruleTo(hook, { detail: { n: [{ exists: true }] } });
      await world.ruleTo(hook, { "replay-name": [{ exists: false }] });
      await world.ruleTo(hook, { detail: { n: [{ exists: true }] } });
      const FilterArns = [`arn:aws:events:${REGION}:${ACCOUNT}:rule/${wanted.split("/")[1]}`];
      const at = (millis: number): number => (world.clock.now().getTime() + millis) / 1000;
      await world.call("StartReplay", {
        ReplayName: "r",
        EventSourceArn: ArchiveArn,
        EventStartTime: at(-HOUR),
        EventEndTime: at(HOUR),
        Destination: { Arn: SOURCE, FilterArns },
      });
      await world.liveFor(HOUR);
      expect(await world.call("DescribeReplay", { ReplayName: "r" })).toMatchObject({ State: "COMPLETED" });
      const got = hook.events() as unknown as (BusEvent & { readonly "replay-name": string })[];
      expect(got.every((event) => event["replay-name"] === "r")).toBe(true);
      for (const lane of [0, 1]) {
        const numbers = got.filter(({ resources }) => resources[0] === `arn:${lane}`).map(({ detail }) => detail["n"]);
        expect(numbers).toEqual(Array.from({ length: 120 }, (_, index) => index + 1).filter((n) => n % 2 === lane));
      }
    });

    test("a replay that is cancelled while it reads a page delivers nothing of it", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), []);
      Object.assign(world.deps, { trusted: [hook.ca] });
      const { ArchiveArn } = await world.call("CreateArchive", { ArchiveName: "a", EventSourceArn: SOURCE });
      await world.publish({ n: 1 });
      await world.ruleTo(hook, { "replay-name": [{ exists: true }] });
      const at = (millis: number): number => (world.clock.now().getTime() + millis) / 1000;
      await world.call("StartReplay", {
        ReplayName: "r",
        EventSourceArn: ArchiveArn,
        EventStartTime: at(-HOUR),
        EventEndTime: at(HOUR),
        Destination: { Arn: SOURCE },
      });
      const cancel = async (): Promise<void> => void (await world.call("CancelReplay", { ReplayName: "r" }));
      await replayEvents(`${ACCOUNT}/${REGION}/r`, { ...world.deps, store: meanwhile(world.store, cancel) });
      expect(await world.call("DescribeReplay", { ReplayName: "r" })).toMatchObject({ State: "CANCELLED" });
      await world.liveFor(HOUR);
      expect(hook.received).toEqual([]);
    });

    test("what is older than it is kept is forgotten, with what nobody took of it", async () => {
      const hook = await webhookServer();
      const world = await eventWorld(await database.open(), [hook]);
      hook.answer = (_, response) => void response.writeHead(410).end();
      await world.publish({ n: 1 });
      await world.work();
      expect(await world.store.selectFrom("eventDeliveries").select("state").execute()).toEqual([{ state: "DEAD" }]);
      world.clock.advance(30 * DAY - HOUR);
      await world.publish({ n: 2 });
      await purgeEvents({ ...world.deps, eventsRetention: 30 * DAY });
      expect(await events(world.store)).toHaveLength(2);
      world.clock.advance(2 * HOUR);
      await purgeEvents({ ...world.deps, eventsRetention: 30 * DAY });
      expect((await events(world.store)).map(({ detail }) => detail["n"])).toEqual([2]);
      expect(
        await world.store.selectFrom("eventDeliveries").select("position").where("state", "=", "DEAD").execute(),
      ).toEqual([]);
    });

    test("nodes that start at once agree on who has every event", async () => {
      const store = await database.open();
      const { deps } = await eventWorld(store);
      await Promise.all([1, 2, 3].map(() => openEvents(["webhook:https://a/", "stdout"], deps)));
      expect(await readSubscribers(store)).toEqual(["stdout", "webhook:https://a/"]);
      await openEvents([], deps);
      expect(await readSubscribers(store)).toEqual([]);
    });

    test("rules of one name that are put at once are one, and targets never exceed five", async () => {
      const world = await eventWorld(await database.open());
      const put = { Name: "r", EventPattern: '{"source":["x"]}' };
      await Promise.all(Array.from({ length: 8 }, () => world.call("PutRule", put)));
      const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: "k", ApiKeyValue: "v" } };
      const made = { Name: "c", AuthorizationType: "API_KEY", AuthParameters };
      const connections = await Promise.allSettled([1, 2, 3].map(() => world.call("CreateConnection", made)));
      expect(connections.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const { ConnectionArn } = await world.call("DescribeConnection", { Name: "c" });
      const { ApiDestinationArn: Arn } = await world.call("CreateApiDestination", {
        Name: "d",
        ConnectionArn,
        InvocationEndpoint: "https://hooks.example.com/",
        HttpMethod: "POST",
      });
      const targets = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => world.call("PutTargets", { Rule: "r", Targets: [{ Id: `${n}`, Arn }] })),
      );
      expect(targets.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
      expect((await world.call("ListTargetsByRule", { Rule: "r" })).Targets).toHaveLength(5);
    });
  });

  describe(`metrics on ${database.name}`, () => {
    const ask = (arn: string, from: Date, to: Date, more: object = {}): object => ({
      Namespace: "AWS/CertificateManager",
      MetricName: "DaysToExpiry",
      Dimensions: [{ Name: "CertificateArn", Value: arn }],
      StartTime: from.getTime() / 1000,
      EndTime: to.getTime() / 1000,
      Period: 86_400,
      Statistics: ["Minimum", "SampleCount"],
      ...more,
    });

    test("the days to the end are what they were, of renewed and of deleted certificates", async () => {
      const world = await certificateWorld(await database.open());
      const metrics = await eventWorld(world.store);
      const begin = world.clock.now();
      const { arn } = await issued(world);
      await world.attach(arn);
      await world.liveUntil(later(begin, 170 * DAY));
      metrics.clock.set(world.clock.now());
      const { Datapoints } = await metrics.call("GetMetricStatistics", ask(arn, begin, world.clock.now()));
      const values = (Datapoints as { Minimum: number; SampleCount: number }[]).map(({ Minimum }) => Minimum);
      expect(values.slice(0, 3)).toEqual([198, 197, 196]);
      const renewedAt = values.findIndex((value, index) => index > 0 && value > values[index - 1]!);
      expect(values[renewedAt - 1]).toBeOneOf([44, 45, 46]);
      const { NotAfter, NotBefore } = await world.describe(arn);
      expect(values[renewedAt]).toBeCloseTo((NotAfter - NotBefore) / 86_400, -1);
      await world.detach(arn, BALANCER);
      await world.call("DeleteCertificate", { CertificateArn: arn });
      metrics.clock.advance(10 * DAY);
      const later10 = await metrics.call("GetMetricStatistics", ask(arn, begin, metrics.clock.now()));
      expect(later10.Datapoints).toHaveLength(Datapoints.length);
      expect(await metrics.call("ListMetrics", { MetricName: "DaysToExpiry" })).toMatchObject({
        Metrics: [{ Dimensions: [{ Name: "CertificateArn", Value: arn }] }],
      });
      expect(await metrics.call("ListMetrics", { RecentlyActive: "PT3H" })).toMatchObject({ Metrics: [] });
      metrics.clock.advance(10 * DAY);
      expect(await metrics.call("ListMetrics", { MetricName: "DaysToExpiry" })).toEqual({ Metrics: [] });
    });

    test("what ACME endpoints issued is 1 or 0 for each order", async () => {
      const world = await eventWorld(await database.open());
      const { recordAcmeIssuance } = await import("#lifecycle/acts.ts");
      const endpoint = "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/e1";
      for (const succeeded of [true, false, true]) {
        await world.store
          .transaction()
          .execute((tx) =>
            recordAcmeIssuance(tx, { account: ACCOUNT, region: REGION }, endpoint, succeeded, world.deps),
          );
      }
      world.clock.advance(MINUTE);
      const sum = async (MetricName: string): Promise<number> => {
        const asked = { MetricName, Dimensions: [{ Name: "AcmeEndpointArn", Value: endpoint }], Statistics: ["Sum"] };
        const now = world.clock.now();
        return (await world.call("GetMetricStatistics", ask("", later(now, -HOUR), now, asked))).Datapoints[0].Sum;
      };
      expect([await sum("CertificateIssuanceSuccess"), await sum("CertificateIssuanceFailed")]).toEqual([2, 1]);
      const listed = await world.call("ListMetrics", {
        Namespace: "AWS/CertificateManager",
        MetricName: "CertificateIssuanceFailed",
      });
      expect(listed.Metrics).toEqual([
        {
          Namespace: "AWS/CertificateManager",
          MetricName: "CertificateIssuanceFailed",
          Dimensions: [{ Name: "AcmeEndpointArn", Value: endpoint }],
        },
      ]);
    });

    test("all metrics are listed over several pages, each once", async () => {
      const world = await eventWorld(await database.open());
      const now = world.clock.now().getTime();
      const { beginTerm } = await import("#store/certificate-terms.ts");
      await world.store.transaction().execute(async (tx) => {
        for (let n = 0; n < 520; n++) {
          const certificateArn = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/${randomIds.uuid()}` as CertificateArn;
          const term = { certificateArn, account: ACCOUNT, region: REGION, notAfter: now + DAY, managed: 1 } as const;
          await beginTerm(tx, { ...term, since: now - HOUR });
          await beginTerm(tx, { ...term, since: now - MINUTE });
        }
      });
      const seen: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await world.call("ListMetrics", { ...(NextToken && { NextToken }) });
        for (const { MetricName, Dimensions } of page.Metrics) seen.push(`${MetricName} ${Dimensions[0].Value}`);
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      expect(seen).toHaveLength(1040);
      expect(new Set(seen).size).toBe(1040);
    });
  });
}
