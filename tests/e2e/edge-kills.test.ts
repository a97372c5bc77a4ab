import { createServer } from "node:http";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import { ImportCertificateCommand } from "@aws-sdk/client-acm";
import { DescribeTargetHealthCommand, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { leavePlace, newPlace, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type Front, get, handshake } from "#cli/demo/wire.ts";
import { edgePid, edgeWorkers, isAlive } from "../support/edge-process.ts";
import { killControl } from "../support/product.ts";
import { blob, selfSigned } from "../support/self-signed.ts";
import { openShop } from "../support/shop.ts";

// What clients see when a process is killed under load: the figures are printed, and bounds that must hold are asserted.

interface Figures {
  /** New connections, each with a handshake and a request. */
  fresh: number;
  freshFailed: number;
  /** Requests on connections that are kept. */
  kept: number;
  keptFailed: number;
  /** Why requests failed, and how often. */
  readonly why: Map<string, number>;
  /** The longest time in which no new connection succeeded, in milliseconds. */
  longestGap: number;
}

/** Eight clients that connect anew for each request, and sixteen that keep their connections, until the answer is called. */
function load(front: Front): () => Promise<Figures> {
  const figures: Figures = { fresh: 0, freshFailed: 0, kept: 0, keptFailed: 0, longestGap: 0, why: new Map() };
  const failed = (reason: string): false => {
    figures.why.set(reason, (figures.why.get(reason) ?? 0) + 1);
    return false;
  };
  let running = true;
  let last = performance.now();
  const fresh = async (): Promise<void> => {
    while (running) {
      figures.fresh++;
      const good = await get(front).then(
        ({ status }) => status === 200 || failed(String(status)),
        (error: Error) => failed(error.message),
      );
      if (!good) figures.freshFailed++;
      else {
        figures.longestGap = Math.max(figures.longestGap, performance.now() - last);
        last = performance.now();
      }
    }
  };
  const kept = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (running) {
      figures.kept++;
      const good = await get(front, agent).then(
        ({ status }) => status === 200 || failed(String(status)),
        (error: Error) => failed(error.message),
      );
      if (!good) figures.keptFailed++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    agent.destroy();
  };
  const all = [...Array.from({ length: 8 }, fresh), ...Array.from({ length: KEPT }, kept)];
  return async () => {
    running = false;
    await Promise.all(all);
    return figures;
  };
}

const KEPT = 16;
const print = (what: string, { fresh, freshFailed, kept, keptFailed, longestGap, why }: Figures): void => {
  process.stdout.write(
    `  ${what.padEnd(44)} new connections ${freshFailed} of ${fresh} failed, requests on ${KEPT} kept ones ${keptFailed} of ${kept}, longest gap ${Math.round(longestGap)} ms ${JSON.stringify([...why])}\n`,
  );
};

describe("kill -9 under load", () => {
  let place: Awaited<ReturnType<typeof newPlace>>;
  let product: Product;
  beforeAll(async () => {
    place = await newPlace();
    product = await startProduct(place, { "log-level": "warn", "edge-workers": "2" });
  });
  afterAll(async () => {
    await product?.stop();
    if (place) leavePlace(place);
  });

  test("of a worker: only the connections that it had are lost; another one takes its place", async () => {
    const shop = await openShop(product, { domain: "worker.example" });
    const workers = await edgeWorkers(product);
    expect(workers).toHaveLength(2);
    const stop = load(shop);
    await settled(shop);
    process.kill(workers[0] ?? 0, "SIGKILL");
    await until("another worker", async () => {
      const now = await edgeWorkers(product);
      return now.length === 2 && !now.includes(workers[0] ?? 0) ? now : undefined;
    });
    await settled(shop);
    const figures = await stop();
    print("a worker", figures);
    expect(figures.freshFailed).toBeLessThanOrEqual(8);
    expect(figures.keptFailed).toBeLessThanOrEqual(KEPT);
  });

  test("of one worker after the other: what is known of targets outlives them, and the next ones know it", async () => {
    const shop = await openShop(product, { domain: "targets.example" });
    const { elbv2 } = shop.clients;
    const TargetGroupArn = shop.targetGroupArn;
    await elbv2.send(
      new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: await sick() }] }),
    );
    const states = async (): Promise<string> => {
      const { TargetHealthDescriptions = [] } = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
      return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State ?? "")
        .toSorted()
        .join();
    };
    await until("one target is sick", async () => ((await states()) === "healthy,unhealthy" ? true : undefined));

    for (const worker of await edgeWorkers(product)) {
      process.kill(worker, "SIGKILL");
      const seen = new Set<string>();
      await until("another worker", async () => {
        seen.add(await states());
        const now = await edgeWorkers(product);
        return now.length === 2 && !now.includes(worker) ? now : undefined;
      });
      await settled(shop);
      const answers = new Map<number, number>();
      for (let i = 0; i < 60; i++) {
        const { status } = await get(shop);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        seen.add(await states());
      }
      expect([[...answers], [...seen]]).toEqual([[[200, 60]], ["healthy,unhealthy"]]);
    }
  });

  test("of the supervisor: its workers serve on, and give way to the next one's", async () => {
    const shop = await openShop(product, { domain: "supervisor.example" });
    const pid = (await edgePid(product)) ?? 0;
    const stop = load(shop);
    await settled(shop);
    process.kill(pid, "SIGKILL");
    await until("another supervisor with its workers", async () => {
      const now = await edgePid(product);
      return now !== undefined && now !== pid && (await edgeWorkers(product)).length === 2 ? now : undefined;
    });
    await settled(shop);
    const figures = await stop();
    print("the supervisor", figures);
    expect(figures.freshFailed).toBeLessThanOrEqual(8);
    expect(figures.keptFailed).toBeLessThanOrEqual(KEPT);
  });

  test("of the control plane, and KMS with it: nobody notices; what changes meanwhile comes when it is back", async () => {
    const shop = await openShop(product, { domain: "control.example" });
    const pid = await edgePid(product);
    const stop = load(shop);
    await settled(shop);
    await killControl(product);
    await settled(shop);
    product = await startProduct(place, { "log-level": "warn", "edge-workers": "2" });
    await settled(shop);
    const figures = await stop();
    print("the control plane, and KMS with it", figures);
    expect([figures.freshFailed, figures.keptFailed]).toEqual([0, 0]);
    expect(await edgePid(product)).toBe(pid);
    expect(isAlive(pid ?? 0)).toBe(true);
  });
});

/** A target that fails its health checks, and every request besides; answers its port. */
async function sick(): Promise<number> {
  const server = createServer((_, response) => response.writeHead(500).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The load was at work for a while. */
async function settled(front: Front): Promise<void> {
  for (let i = 0; i < 30; i++) await handshake(front).catch(() => {});
}

test("of everything at once: what was attached is served again when it is started again", async () => {
  const place = await newPlace();
  onTestFinished(() => leavePlace(place));
  const product = await startProduct(place, { "log-level": "warn", "edge-workers": "2" });
  const shop = await openShop(product);
  const next = await selfSigned({ names: [shop.host] });
  await shop.clients.acm.send(
    new ImportCertificateCommand({
      Certificate: Buffer.from(blob(next.certificate), "base64"),
      PrivateKey: Buffer.from(blob(next.privateKey), "base64"),
    }),
  );
  const pids = [(await edgePid(product)) ?? 0, ...(await edgeWorkers(product))];
  await killControl(product);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  const begun = performance.now();
  const again = await startProduct(place, { "log-level": "warn", "edge-workers": "2" });
  onTestFinished(() => again.stop());
  await until("it is served again", () =>
    get(shop).then(
      ({ status }) => (status === 200 ? true : undefined),
      () => undefined,
    ),
  );
  process.stdout.write(`  everything: served again ${Math.round(performance.now() - begun)} ms after it was started\n`);
});
