import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { ListCertificatesCommand } from "@aws-sdk/client-acm";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListAliasesCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { ListHostedZonesCommand } from "@aws-sdk/client-route-53";
import { expect, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { clientsOf, openShop } from "../support/shop.ts";

const TEST = { accessKeyId: "test", secretAccessKey: "test" };

test("without --dev the key test is nobody's (UnrecognizedClientException), and nothing can be reset", async () => {
  const product = await testProduct();
  const { acm } = clientsOf({ ...product, credentials: TEST });
  await expect(acm.send(new ListCertificatesCommand({}))).rejects.toMatchObject({
    name: "UnrecognizedClientException",
  });
  expect((await reset(product)).status).toBe(403);
});

test("with --dev the key test works, and a reset leaves nothing of the account, nor of its keys on the edge", async () => {
  const place = await testPlace();
  const config = join(place.dataDir, "config.json");
  writeFileSync(config, JSON.stringify({ dev: true }));
  const product = { ...(await testProduct({ config }, place)), credentials: TEST };
  const shop = await openShop(product);
  const { acm, elbv2, kms, route53 } = shop.clients;

  expect((await reset(product, { origin: "https://elsewhere.example" })).status).toBe(403);
  expect(await get(shop)).toMatchObject({ status: 200 });
  expect((await reset(product)).status).toBe(204);
  await until("a refused connection", () =>
    get(shop).then(
      () => undefined,
      () => true,
    ),
  );
  expect((await acm.send(new ListCertificatesCommand({}))).CertificateSummaryList).toEqual([]);
  expect((await elbv2.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toEqual([]);
  expect((await elbv2.send(new DescribeTargetGroupsCommand({}))).TargetGroups).toEqual([]);
  expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([]);
  expect((await kms.send(new ListAliasesCommand({}))).Aliases?.filter(({ TargetKeyId }) => TargetKeyId)).toEqual([]);
  expect((await route53.send(new ListHostedZonesCommand({}))).HostedZones).toEqual([]);

  const again = await openShop(product);
  expect(again.certificateArn).not.toBe(shop.certificateArn);
});

test("health says how many edges are connected; metrics count calls and jobs", async () => {
  const product = await testProduct();
  await openShop(product);
  const health = await fetch(`${product.endpoint}/_sealkeeper/health`);
  expect(await health.json()).toEqual({ status: "ok", edges: 1 });
  expect((await fetch(`${product.endpoint}/_sealkeeper/nothing`)).status).toBe(404);

  const metrics = await fetch(`${product.endpoint}/metrics`);
  expect(metrics.headers.get("content-type")).toContain("text/plain");
  const page = await metrics.text();
  const count = (line: string): number => Number(new RegExp(`^${line} (\\d+)$`, "m").exec(page)?.[1]);
  const calls = "sealkeeper_api_call_seconds_count";
  expect(count(`${calls}{service="acm",operation="RequestCertificate",status="200"}`)).toBe(1);
  expect(count(`${calls}{service="kms",operation="Decrypt",status="200"}`)).toBeGreaterThan(0);
  expect(count(`sealkeeper_jobs_total{task="certificate.advance",outcome="done"}`)).toBeGreaterThan(0);
});

test("a web page that has its own name point here reads no metrics, and nothing reaches us by way of a load balancer", async () => {
  const product = await testProduct();
  expect(await statusOf(product, { host: "page.example" })).toBe(403);
  expect(await statusOf(product, { host: "localhost", "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await statusOf(product, { host: "localhost" })).toBe(200);

  const { elbv2, targetGroupArn } = { ...(await openShop(product)), ...clientsOf(product) };
  for (const Id of ["127.0.0.1", "127.9.9.9"]) {
    const own = new RegisterTargetsCommand({
      TargetGroupArn: targetGroupArn,
      Targets: [{ Id, Port: product.listen.port }],
    });
    await expect(elbv2.send(own)).rejects.toMatchObject({
      name: "InvalidTargetException",
      message: expect.stringContaining("is Sealkeeper itself"),
    });
  }
});

/** How `/metrics` is answered to a request with these headers; `fetch` would not let us choose them. */
function statusOf({ listen }: Product, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ ...listen, path: "/metrics", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once("error", reject)
      .end();
  });
}

function reset({ endpoint }: Product, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${endpoint}/_sealkeeper/reset`, { method: "POST", headers });
}
