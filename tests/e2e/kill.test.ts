import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Place, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { handshake, openPort } from "#cli/demo/wire.ts";
import { seededRandom } from "#lib/seeded-random.ts";
import { showHostPort } from "#main/addresses.ts";
import { openStore } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { edgePid } from "../support/edge-process.ts";
import { type PersistentClient, persistentClient } from "../support/persistent-client.ts";
import { testPlace } from "../support/product.ts";

const KILLS = Number(process.env["SEALKEEPER_KILLS"] ?? 50);
const SEED = Number(process.env["SEALKEEPER_SEED"] ?? Date.now() % 1_000_000);

describe.for(DATABASES)("kill -9 at random moments, on $name", (database) => {
  test(`${KILLS} times: what was acknowledged is there, and the story finishes by itself (seed ${SEED})`, {
    timeout: 600_000,
  }, async () => {
    const random = seededRandom(SEED);
    const url = await database.url();
    const place = await testPlace();
    const settings = {
      database: url,
      "leaf-lifetime": "10m",
      "renew-before": "537s",
      "key-pool": "4",
      "log-level": "warn",
    };
    let product = await startProduct(place, settings);
    onTestFinished(() => product.stop());
    const root = await fetch(`${product.endpoint}/ca/root.pem`).then((answer) => answer.text());
    const client = persistentClient(product.endpoint, product.credentials);

    let kills = 0;
    let told = 0;
    const killer = async (): Promise<void> => {
      for (; kills < KILLS; kills++) {
        await new Promise((resolve) => setTimeout(resolve, 50 + random() * 1_200));
        if (random() < 0.3) await killEdge(place);
        else {
          await killControl(product);
          product = await startProduct(place, settings);
        }
      }
    };
    const teller = async (): Promise<void> => {
      do {
        await live(`k${told}`, { client, place, root });
        told += 1;
      } while (kills < KILLS);
    };
    await Promise.all([killer(), teller()]);

    expect(told).toBeGreaterThan(0);
    await expectWhole(url);
    console.log(`${database.name}: ${kills} kills, ${told} certificates lived their whole life`);
  });
});

interface Scene {
  readonly client: PersistentClient;
  readonly place: Place;
  readonly root: string;
}

/** One certificate's life; whatever was answered must hold in all that follows. */
async function live(id: string, { client, place, root }: Scene): Promise<void> {
  const domain = `${id}.example`;
  const zone = await client.zone(domain);
  const arn = await client.certificate(domain, id);
  expect(await client.certificate(domain, id)).toBe(arn);
  const pending = await client.describe(arn);
  await client.record(zone, pending.record.name, pending.record.value);
  await until("issued", async () => ((await client.describe(arn)).status === "ISSUED" ? true : undefined), 60);

  const balancer = await client.balancer(id);
  const listener = await client.listener(balancer.arn, arn);
  expect((await client.describe(arn)).inUseBy).toEqual([balancer.arn]);
  const resolver = new Resolver({ timeout: 1_000 });
  resolver.setServers([showHostPort(place.dns)]);
  const see = async () => {
    const [address = ""] = await resolver.resolve4(balancer.dnsName);
    return handshake({ address, port: await openPort(address, [443, 8443]), host: domain, root });
  };
  const first = await until("a verified handshake", () => see().catch(() => undefined), 60);
  const renewed = await until(
    "a renewal on the edge",
    async () => {
      const now = await see().catch(() => undefined);
      return now && now.serial !== first.serial ? now : undefined;
    },
    60,
  );
  expect(renewed.modulus === "" || renewed.modulus !== first.modulus).toBe(true);

  await client.deleteListener(listener);
  await until(
    "a refused handshake",
    () =>
      see().then(
        () => undefined,
        () => true,
      ),
    60,
  );
  expect((await client.describe(arn)).inUseBy).toEqual([]);
  await client.deleteBalancer(balancer.arn);
  await client.deleteCertificate(arn);
  await expect(client.describe(arn)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
}

async function killControl({ process: child }: Product): Promise<void> {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Kills the edge, unless it is between two lives. */
async function killEdge(place: Place): Promise<void> {
  const pid = await edgePid(place);
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}

/** What the records must look like when nothing is under way. */
async function expectWhole(url: string): Promise<void> {
  const store = await openStore(url);
  onTestFinished(() => store.destroy());
  const twice = await store
    .selectFrom("caIssuances")
    .select(["certificateArn", "generation"])
    .where("state", "=", "signed")
    .groupBy(["certificateArn", "generation"])
    .having((row) => row.fn.countAll(), ">", 1)
    .execute();
  expect(twice).toEqual([]);
  // Every story ended with deletion: no key, grant, association or listener may be left of any of them.
  for (const table of EMPTIED) expect(await store.selectFrom(table).selectAll().execute(), table).toEqual([]);
}

const EMPTIED = [
  "certificates",
  "certificateVersions",
  "certificateAssociations",
  "domainValidations",
  "grants",
  "listeners",
  "loadBalancers",
] as const;
