import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CloudWatchClient, GetMetricDataCommand, paginateListMetrics } from "@aws-sdk/client-cloudwatch";
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  ResourceNotFoundException,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { expect, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { debian } from "../support/debian.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { selfSigned } from "../support/self-signed.ts";
import { type WebhookServer, webhookServer } from "../support/webhook.ts";

const run = promisify(execFile);

/** A product that trusts a receiver on this machine, and a certificate that ends in ten days. */
async function scene(): Promise<{ product: Product; hook: WebhookServer; certificate: string; key: string }> {
  const hook = await webhookServer();
  const place = await testPlace();
  const [ca, certificate, key] = ["ca.pem", "leaf.pem", "leaf.key"].map((name) => join(place.dataDir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(ca, hook.ca);
  const foreign = await selfSigned({
    names: ["x.example.com"],
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 10 * 86_400_000 - 60_000),
  });
  writeFileSync(certificate, foreign.certificate);
  writeFileSync(key, foreign.privateKey);
  const product = await testProduct({ "event-ca": ca, "event-local-targets": "true" }, place);
  return { product, hook, certificate, key };
}

test("boto3 makes rules, hears of a certificate's end, and reads its metrics", async () => {
  debian("python3-boto3");
  const { product, hook, certificate, key } = await scene();
  const story = new URL("./events.py", import.meta.url).pathname;
  const credentials = join(product.dataDir, "credentials");
  const { stdout } = await run("/usr/bin/python3", [story, product.endpoint, credentials, hook.url, certificate, key], {
    timeout: 110_000,
  });
  expect(stdout).toContain("arn:aws:acm:eu-west-1:123456789012:certificate/");
  const said = hook.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
  expect(said.slice(0, 2)).toEqual([
    "ACM Certificate Available: x.example.com ends in 10 days",
    "ACM Certificate Approaching Expiration: x.example.com ends in 10 days",
  ]);
  expect(hook.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from("boto:hush").toString("base64")}`);
});

test("the AWS CLI does the same, in the query protocol of old", async () => {
  debian("awscli");
  const { product, certificate, key } = await scene();
  const env = {
    ...process.env,
    AWS_SHARED_CREDENTIALS_FILE: join(product.dataDir, "credentials"),
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_PAGER: "",
  };
  const aws = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run("/usr/bin/aws", ["--endpoint-url", product.endpoint, ...args], {
      env,
      timeout: 60_000,
    });
    return stdout === "" ? undefined : JSON.parse(stdout);
  };
  const files = ["--certificate", `fileb://${certificate}`, "--private-key", `fileb://${key}`];
  const { CertificateArn } = (await aws("acm", "import-certificate", ...files)) as { CertificateArn: string };
  const name = ["--namespace", "AWS/CertificateManager", "--metric-name", "DaysToExpiry"];
  const dimension = ["--dimensions", `Name=CertificateArn,Value=${CertificateArn}`];
  const [start, end] = [Date.now() - 3_600_000, Date.now() + 3_600_000].map((time) => new Date(time).toISOString());
  const time = ["--start-time", start!, "--end-time", end!, "--period", "3600", "--statistics", "Minimum"];
  expect(await aws("cloudwatch", "get-metric-statistics", ...name, ...dimension, ...time)).toMatchObject({
    Label: "DaysToExpiry",
    Datapoints: [{ Minimum: 10, Unit: "None" }],
  });
  expect(await aws("cloudwatch", "list-metrics", ...name)).toMatchObject({
    Metrics: [{ Dimensions: [{ Name: "CertificateArn", Value: CertificateArn }] }],
  });
  await aws("events", "put-rule", "--name", "r", "--event-pattern", '{"source":["aws.acm"]}');
  expect(await aws("events", "list-rules")).toMatchObject({ Rules: [{ Name: "r", State: "ENABLED" }] });
  const wrong = aws("events", "put-rule", "--name", "s", "--event-pattern", "{");
  await expect(wrong).rejects.toThrow(/\(InvalidEventPatternException\).*Invalid JSON/);
});

test("the JavaScript SDK puts events to an API destination and reads metrics", async () => {
  const { product, hook } = await scene();
  const settings = {
    region: "eu-west-1",
    endpoint: product.endpoint,
    credentials: product.credentials,
    maxAttempts: 1,
  };
  const events = new EventBridgeClient(settings);
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({
      Name: "c",
      AuthorizationType: "API_KEY",
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: "hush" } },
    }),
  );
  const destination = { Name: "d", ConnectionArn, InvocationEndpoint: hook.url, HttpMethod: "POST" as const };
  const { ApiDestinationArn } = await events.send(new CreateApiDestinationCommand(destination));
  const EventPattern = JSON.stringify({ source: ["my.app"], detail: { n: [{ numeric: [">=", 2] }] } });
  await events.send(new PutRuleCommand({ Name: "r", EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "t", Arn: ApiDestinationArn }] }));
  const Entries = [1, 2, 3].map((n) => ({
    Source: "my.app",
    DetailType: "N",
    Detail: JSON.stringify({ n }),
    Resources: ["arn:one"],
    Time: new Date("2026-11-22T12:00:00Z"),
  }));
  const { FailedEntryCount, Entries: put } = await events.send(new PutEventsCommand({ Entries }));
  expect(FailedEntryCount).toBe(0);
  await until("two events", () => Promise.resolve(hook.received.length >= 2 || undefined));
  expect(hook.events()).toMatchObject([
    { id: put?.[1]?.EventId, time: "2026-11-22T12:00:00Z", detail: { n: 2 } },
    { id: put?.[2]?.EventId, detail: { n: 3 } },
  ]);
  const wrong = events.send(new TestEventPatternCommand({ EventPattern: "[]", Event: "{}" }));
  await expect(wrong).rejects.toBeInstanceOf(InvalidEventPatternException);
  const elsewhere = events.send(new ListRulesCommand({ EventBusName: "mine" }));
  await expect(elsewhere).rejects.toBeInstanceOf(ResourceNotFoundException);

  const cloudwatch = new CloudWatchClient(settings);
  const Metric = {
    Namespace: "AWS/CertificateManager",
    MetricName: "DaysToExpiry",
    Dimensions: [{ Name: "CertificateArn", Value: "x" }],
  };
  const StartTime = new Date(Date.now() - 3_600_000);
  const MetricDataQueries = [{ Id: "a", MetricStat: { Metric, Period: 60, Stat: "Minimum" } }];
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({ StartTime, EndTime: new Date(), MetricDataQueries }),
  );
  expect(MetricDataResults).toEqual([
    { Id: "a", Label: "DaysToExpiry", Timestamps: [], Values: [], StatusCode: "Complete" },
  ]);
  for await (const { Metrics } of paginateListMetrics({ client: cloudwatch }, {})) expect(Metrics).toEqual([]);
});
