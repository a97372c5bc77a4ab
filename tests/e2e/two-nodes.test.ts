import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Place, Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type Front, handshake } from "#cli/demo/wire.ts";
import { openStore, type Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { addressOf, clientsOf, describe, issue, makeZone, prove, request, rootOf, serveWith } from "../support/shop.ts";

const POSTGRES = DATABASES[1];
/** How long others leave alone what a node that died held, in seconds. */
const LEASE = 10;

test("what one node took on another finishes: requested and proved on A, which is killed at once, issued on B", async () => {
  const { a, b } = await twoNodes();
  const domain = "handover.example";
  const zoneId = await makeZone(clientsOf(a), domain);
  const certificateArn = await request(clientsOf(a), domain);
  await prove(clientsOf(a), certificateArn, zoneId);
  await killControl(a);

  const clients = clientsOf(b);
  const issue = async (): Promise<true | undefined> =>
    (await describe(clients, certificateArn)).Status === "ISSUED" ? true : undefined;
  await until("the certificate is issued", issue, LEASE + 5);
});

test("the edges of both nodes serve what was made on either, and renewal happens once", async () => {
  const { a, b, database } = await twoNodes({ "leaf-lifetime": "10m", "renew-before": "533s" });
  const [onA, onB] = [clientsOf(a), clientsOf(b)];
  const domain = "both.example";
  const certificateArn = await issue(onA, domain, await makeZone(onA, domain));
  expect((await describe(onB, certificateArn)).Status).toBe("ISSUED");
  const { loadBalancerArn, balancerName } = await serveWith(onB, certificateArn, "both");
  expect((await describe(onA, certificateArn)).InUseBy).toEqual([loadBalancerArn]);

  const address = await addressOf(a.dns, balancerName);
  expect(await addressOf(b.dns, balancerName)).toBe(address);
  const root = await rootOf(a);
  // Two edges on one machine: who comes second listens 8000 ports higher.
  const fronts: Front[] = [443, 8443].map((port) => ({ address, port, host: `www.${domain}`, root }));
  const first = await serial(fronts, () => true);
  const renewed = await serial(fronts, (seen) => seen !== first);
  expect(renewed).not.toBe(first);

  const signed = await database
    .selectFrom("caIssuances")
    .select(["generation", "serial"])
    .where("certificateArn", "=", certificateArn)
    .where("state", "=", "signed")
    .orderBy("generation")
    .execute();
  expect(signed.map(({ generation }) => generation)).toEqual(signed.map((_, index) => index + 1));
  expect(signed.length).toBeGreaterThan(1);
  expect(new Set(signed.map((each) => each.serial)).size).toBe(signed.length);
  const acts = await database
    .selectFrom("auditRecords")
    .select("eventName")
    .where("resource", "=", certificateArn)
    .where("eventName", "in", ["SignCertificate", "CertificateIssued", "CertificateRenewed"])
    .execute();
  const count = (name: string): number => acts.filter(({ eventName }) => eventName === name).length;
  expect(count("CertificateIssued")).toBe(1);
  expect(count("SignCertificate") - 1 - count("CertificateRenewed")).toBeOneOf([0, 1]); // the next may be under way
  const jobs = await database.selectFrom("jobs").select("task").where("subject", "=", certificateArn).execute();
  expect(jobs).toContainEqual({ task: "certificate.advance" });
  expect(jobs.filter(({ task }) => task === "certificate.advance")).toHaveLength(1);
});

test("two nodes that start at the same instant on an empty database agree on the CA, the account and the key", async () => {
  const [placeA, placeB] = [await testPlace(), await testPlace()];
  const key = randomBytes(32);
  for (const { dataDir } of [placeA, placeB]) writeFileSync(join(dataDir, "root.key"), key, { mode: 0o600 });
  const database = (await POSTGRES?.url()) ?? "";
  const [a, b] = await Promise.all([testProduct({ database }, placeA), testProduct({ database }, placeB)]);

  expect(b.credentials).toEqual(a.credentials);
  expect(await rootOf(b)).toBe(await rootOf(a));
  const store = await open(database);
  expect(await store.selectFrom("accounts").select("id").execute()).toEqual([{ id: "123456789012" }]);
  const keys = await store.selectFrom("accessKeys").select("kind").orderBy("kind").execute();
  expect(keys.map(({ kind }) => kind)).toEqual(["edge", "edge", "root"]);
  const issuers = await store.selectFrom("caIssuers").select("id").orderBy("id").execute();
  expect(issuers).toHaveLength(4);

  const arn = await issue(clientsOf(a), "instant.example", await makeZone(clientsOf(b), "instant.example"));
  expect((await describe(clientsOf(b), arn)).Status).toBe("ISSUED");
});

test("a node with another root of custody does not start on the same database", async () => {
  const database = (await POSTGRES?.url()) ?? "";
  await testProduct({ database });
  await expect(testProduct({ database })).rejects.toThrow(/ended with 1:.*sealed under root of custody/s);
});

/** Two control planes with an edge each, one root of custody and one PostgreSQL. */
async function twoNodes(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ a: Product; b: Product; database: Store }> {
  const database = (await POSTGRES?.url()) ?? "";
  const [placeA, placeB] = [await testPlace(), await testPlace()];
  const a = await testProduct({ ...settings, database }, placeA);
  copyRoot(placeA, placeB);
  const b = await testProduct({ ...settings, database }, placeB);
  return { a, b, database: await open(database) };
}

function copyRoot(from: Place, to: Place): void {
  copyFileSync(join(from.dataDir, "root.key"), join(to.dataDir, "root.key"));
  expect(readFileSync(join(to.dataDir, "root.key"))).toHaveLength(32);
}

async function open(url: string): Promise<Store> {
  const store = await openStore(url);
  onTestFinished(() => store.destroy());
  return store;
}

/** A serial that all fronts serve at one time, and that is wanted. */
function serial(fronts: readonly Front[], wanted: (serial: string) => boolean): Promise<string> {
  return until("the same certificate on every edge", async () => {
    const seen = await Promise.all(fronts.map((front) => handshake(front).catch(() => undefined)));
    const [first, ...others] = seen.map((each) => each?.serial);
    return first !== undefined && wanted(first) && others.every((each) => each === first) ? first : undefined;
  });
}
