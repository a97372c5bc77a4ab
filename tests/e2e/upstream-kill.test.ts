import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { openStore } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { startPebble } from "../support/pebble.ts";
import { persistentClient } from "../support/persistent-client.ts";
import { killControl, testPlace } from "../support/product.ts";
import { recordingProxy } from "../support/recording-proxy.ts";
import { selfSigned } from "../support/self-signed.ts";

/** Every kind of request of an order, as pebble's paths name it. */
const ALL = ["sign-me-up", "order-plz", "authZ", "chalZ", "my-order", "finalize-order", "certZ"] as const;
/** Each takes pebble ten seconds; with several nodes' database those that must not happen twice suffice. */
const KINDS = { SQLite: ALL, PostgreSQL: ["order-plz", "finalize-order", "certZ"] } as const;

describe.for(DATABASES)("kill -9 while a public CA is asked, on $name", (database) => {
  test("before each kind of request and before its answer: one certificate each, no order is finalized twice", {
    timeout: 600_000,
  }, async () => {
    const kinds = KINDS[database.name];
    const place = await testPlace();
    const pebble = await startPebble({ dns: place.dns, nonceReject: 20 });
    const own = await selfSigned({ names: ["localhost"], notAfter: new Date("2040-01-01") });
    const proxy = await recordingProxy(pebble, own);
    const folder = mkdtempSync(join(tmpdir(), "sealkeeper-upstream-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "ca.pem"), own.certificate);
    const ca = { directory: `${proxy.url}/dir`, "ca-file": "ca.pem", "terms-agreed": true };
    writeFileSync(join(folder, "upstream.json"), JSON.stringify([ca]));
    const url = await database.url();
    const settings = {
      database: url,
      "upstream-file": join(folder, "upstream.json"),
      edge: "false",
      "key-pool": "4",
      "log-level": "warn",
    };
    let product: Product = await startProduct(place, settings);
    onTestFinished(() => product.stop());
    const client = persistentClient(product.endpoint, product.credentials);
    const zone = await client.zone("harbour-lights.net");

    for (const [index, kind] of kinds.entries()) {
      for (const moment of ["request", "answer"] as const) {
        const domain = `${moment}${index}.harbour-lights.net`;
        let restarted: Promise<void> | undefined;
        proxy.intercept((when, path) => {
          if (restarted || when !== moment || !path.startsWith(`/${kind}`)) return undefined;
          restarted = (async () => {
            await killControl(product);
            product = await startProduct(place, settings);
          })();
          return restarted.then(() => "lost" as const);
        });
        const arn = await client.certificate(domain, `${moment}_${index}`);
        const { record } = await client.describe(arn);
        await client.record(zone, record.name, record.value);
        await until(
          `${domain} is issued`,
          async () => ((await client.describe(arn)).status === "ISSUED" ? true : undefined),
          90,
        ).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${product.logTail(60)}`);
        });
        // An account is made once: nobody asks for another.
        if (kind !== "sign-me-up" || moment === "request") expect(restarted, `${kind} ${moment}`).toBeDefined();
      }
    }

    const finalized = proxy.passed.filter(({ path, status }) => path.startsWith("/finalize-order/") && status < 300);
    expect(new Set(finalized.map(({ path }) => path)).size).toBe(finalized.length);
    expect(finalized).toHaveLength(2 * kinds.length);
    const store = await openStore(url);
    onTestFinished(() => store.destroy());
    const orders = await store.selectFrom("upstreamOrders").select(["state", "certificate"]).execute();
    expect(orders.filter(({ state }) => state === "finalized")).toHaveLength(2 * kinds.length);
    expect(await store.selectFrom("challengeAnswers").select("name").execute()).toEqual([]);
  });
});
