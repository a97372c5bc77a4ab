import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ACMClient, ImportCertificateCommand } from "@aws-sdk/client-acm";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { expect, onTestFinished, test } from "vitest";
import { type Place, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import type { BusEvent } from "#domain/events/event.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { selfSigned } from "../support/self-signed.ts";
import { type WebhookServer, webhookServer } from "../support/webhook.ts";

const SECRETS = ["the first of two secrets", "the second of two secrets"];

/** Settings by which a webhook gets every event of a product at this place. */
function sendingTo(hook: WebhookServer, { dataDir }: Place): Record<string, string> {
  const [secrets, ca] = [join(dataDir, "webhook-secrets"), join(dataDir, "webhook-ca.pem")];
  writeFileSync(secrets, `${SECRETS.join("\n")}\n`);
  writeFileSync(ca, hook.ca);
  return { "event-webhook": hook.url, "event-webhook-secret-file": secrets, "event-ca": ca };
}

const client = ({ endpoint, credentials }: Product) => ({
  region: "eu-west-1",
  endpoint,
  credentials,
  maxAttempts: 1,
});

async function importOne(product: Product): Promise<string> {
  const { certificate, privateKey } = await selfSigned({
    names: ["x.example.com"],
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 10 * 86_400_000 - 60_000),
  });
  const input = { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) };
  return (await new ACMClient(client(product)).send(new ImportCertificateCommand(input))).CertificateArn ?? "";
}

test("a webhook hears at once of what happens, signed with every secret", async () => {
  const hook = await webhookServer();
  const place = await testPlace();
  const product = await testProduct(sendingTo(hook, place), place);
  const arn = await importOne(product);
  await until("two events", () => Promise.resolve(hook.received.length >= 2 || undefined));
  const [available, approaching] = hook.events() as unknown as BusEvent[];
  expect(available).toMatchObject({ "detail-type": "ACM Certificate Available", resources: [arn] });
  expect(approaching).toMatchObject({
    "detail-type": "ACM Certificate Approaching Expiration",
    detail: { DaysToExpiry: 10 },
  });
  const [{ headers, body }] = hook.received as [(typeof hook.received)[number]];
  const [, seconds, one, two] = /^t=(\d+),v1=(\w+),v1=(\w+)$/.exec(String(headers["sealkeeper-signature"])) ?? [];
  const mac = (secret: string): string => createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  expect([one, two]).toEqual(SECRETS.map(mac));

  const metrics = await fetch(`${product.endpoint}/metrics`).then((answer) => answer.text());
  expect(metrics).toContain('sealkeeper_certificates_expiring{within_days="15"} 1');
  expect(metrics).toContain('sealkeeper_certificates_expiring{within_days="7"} 0');
  expect(metrics).toContain("sealkeeper_renewals_overdue 0");
  expect(metrics).toContain('sealkeeper_event_deliveries_total{outcome="taken"} 2');
});

test("kill -9 loses no event and changes no order; what was taken may come twice", { timeout: 300_000 }, async () => {
  const hook = await webhookServer();
  const place = await testPlace();
  const settings = { ...sendingTo(hook, place), "log-level": "error", edge: "false" };
  let product = await startProduct(place, settings);
  onTestFinished(() => product.stop());
  hook.answer = (_, response) => void setTimeout(() => response.writeHead(200).end(), 5);
  const acknowledged: number[] = [];
  let kills = 0;
  const put = async (): Promise<void> => {
    for (let n = 0; kills < 6 || n < 150; n++) {
      const entry = { Source: "my.app", DetailType: "T", Detail: JSON.stringify({ n }), Resources: [`arn:${n % 3}`] };
      const command = new PutEventsCommand({ Entries: [entry] });
      // An event whose acknowledgement was lost may or may not be there.
      await new EventBridgeClient(client(product)).send(command).then(
        () => acknowledged.push(n),
        () => new Promise((resolve) => setTimeout(resolve, 20)),
      );
    }
  };
  const kill = async (): Promise<void> => {
    for (; kills < 6; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 700));
      await killControl(product);
      product = await startProduct(place, settings);
    }
  };
  await Promise.all([put(), kill()]);
  const got = (): number[] => hook.events().map(({ detail }) => (detail as { n: number }).n);
  await until("every event", () => Promise.resolve(acknowledged.every((n) => got().includes(n)) || undefined), 60_000);
  for (const lane of [0, 1, 2]) {
    const firsts = [...new Set(got().filter((n) => n % 3 === lane))];
    expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  }
  // At most what each lane was sending when the process was killed.
  expect(got().length - new Set(got()).size).toBeLessThanOrEqual(3 * kills);
  console.log(`${kills} kills, ${acknowledged.length} events, ${got().length - new Set(got()).size} came twice`);
});

test("with `--events stdout` standard output is for events, and the log goes to standard error", async () => {
  const place = await testPlace();
  const product = await testProduct({ events: "stdout", "log-level": "info" }, place);
  const lines: string[] = [];
  createInterface({ input: product.process.stdout! }).on("line", (line) => lines.push(line));
  const errors: string[] = [];
  createInterface({ input: product.process.stderr! }).on("line", (line) => errors.push(line));
  const arn = await importOne(product);
  await until("two lines", () => Promise.resolve(lines.length >= 2 || undefined));
  expect(lines.map((line) => (JSON.parse(line) as BusEvent).resources)).toEqual([[arn], [arn]]);
  expect(errors.some((line) => line.includes('"msg":"call"'))).toBe(true);
});

test("`sealkeeper events` shows, follows and counts what happened", async () => {
  const product = await testProduct();
  const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  const run = (...args: string[]) => {
    const child = spawn(process.execPath, [bin, "events", "--data-dir", product.dataDir, ...args]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    return { child, lines };
  };
  const following = run("--follow", "--json");
  const arn = await importOne(product);
  await until("two lines", () => Promise.resolve(following.lines.length >= 2 || undefined), 20_000);
  expect(following.lines.map((line) => (JSON.parse(line) as BusEvent)["detail-type"])).toEqual([
    "ACM Certificate Available",
    "ACM Certificate Approaching Expiration",
  ]);
  following.child.kill("SIGINT");
  const shown = run("--since", "1h");
  await once(shown.child, "close");
  expect(shown.lines).toHaveLength(2);
  expect(shown.lines[0]).toMatch(/ACM Certificate Available {2}Action IMPORT {2}CommonName x\.example\.com .* arn:/);
  expect(shown.lines[1]).toContain(arn);
  const undelivered = run("--undelivered");
  await once(undelivered.child, "close");
  expect(undelivered.lines).toEqual([]);
});
