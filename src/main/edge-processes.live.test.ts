import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { until as untilWithin } from "#cli/demo/until.ts";
import { balancer, FORWARD, targetGroup } from "../../tests/support/edge-config.ts";
import { edgePid, edgeWorkers, isAlive } from "../../tests/support/edge-process.ts";
import { type EdgeWorld, edgeWorld, type MadeCertificate } from "../../tests/support/edge-world.ts";
import { get, handshake } from "../../tests/support/tls-client.ts";
import { visit } from "./edge-door.ts";
import { type EdgeHost, type EdgeHostSettings, keepEdge } from "./edge-host.ts";

interface Installation {
  readonly world: EdgeWorld;
  readonly settings: EdgeHostSettings;
  readonly certificate: MadeCertificate;
  readonly port: number;
  readonly host: EdgeHost;
}

/** An edge with two workers and one listener, kept by a host. */
async function installation(more: Partial<EdgeHostSettings> = {}): Promise<Installation> {
  const world = await edgeWorld({ withEdge: false });
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-edge-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const backend = createServer((_request, response) => response.end("hello"));
  backend.listen(0, "127.0.0.1");
  await once(backend, "listening");
  onTestFinished(() => backend.close().closeAllConnections());
  const certificate = await world.certify(["a.test"]);
  await world.add(
    balancer(
      { port: await freePort(), certificates: [certificate.arn], defaultRule: FORWARD },
      { targetGroups: [targetGroup([(backend.address() as AddressInfo).port])] },
    ),
  );
  const { endpoint, accessKey } = world;
  const settings = {
    dataDir,
    endpoint,
    accessKey,
    name: "local-test",
    logLevel: "info",
    workers: 2,
    keyLease: undefined,
    ...more,
  };
  const errors: unknown[] = [];
  const host = keepEdge(settings, { onError: (error) => errors.push(error) });
  onTestFinished(async () => {
    await host.stop();
    expect(errors).toEqual([]);
  });
  const port = await patiently("a port", () => world.port());
  await bothServe(settings);
  await patiently("it is served", () => world.served(certificate.arn, certificate.serial));
  return { world, settings, certificate, port, host };
}

/** A port that is the same after a restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const bothServe = (settings: EdgeHostSettings): Promise<readonly number[]> =>
  until("two workers", async () => {
    const workers = await edgeWorkers(settings);
    return workers.length === 2 ? workers : undefined;
  });

/** Several processes start at once, on machines that have other things to do as well. */
const until = <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => untilWithin(what, ask, 30);
const patiently = <T>(what: string, ask: () => Promise<T>): Promise<T> =>
  until(what, () =>
    ask().then(
      (answer) => ({ answer }),
      () => undefined,
    ),
  ).then(({ answer }) => answer);

interface Load {
  /** Connections that ended well, those that were refused, and those that broke after they were made. */
  stop(): Promise<{
    readonly done: number;
    readonly refused: string[];
    readonly broken: string[];
    readonly slowest: number;
  }>;
}

/** New connections all the time, each with one request. */
function load(port: number, clients = 4): Load {
  let stopped = false;
  const outcome = { done: 0, refused: [] as string[], broken: [] as string[], slowest: 0 };
  const one = async (): Promise<void> => {
    const began = performance.now();
    const tcp = connectTcp(port, "127.0.0.1");
    try {
      await once(tcp, "connect");
    } catch (error) {
      outcome.refused.push(String(error));
      return;
    }
    try {
      const secure = await handshake(port, { socket: tcp, servername: "a.test" });
      secure.write("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
      let said = "";
      for await (const chunk of secure) said += String(chunk);
      if (!said.startsWith("HTTP/1.1 200")) throw new Error(`answered ${said.slice(0, 40)}`);
      outcome.done++;
      outcome.slowest = Math.max(outcome.slowest, performance.now() - began);
    } catch (error) {
      outcome.broken.push(String(error));
    }
  };
  const running = Array.from({ length: clients }, async () => {
    while (!stopped) await one();
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all(running);
      return outcome;
    },
  };
}

test("a worker that is killed under load is replaced at once; only what it held itself is lost", {
  timeout: 120_000,
}, async () => {
  const { settings, port } = await installation();
  const clients = load(port);
  for (let kills = 0; kills < 3; kills++) {
    const before = await bothServe(settings);
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(before[kills % 2] ?? 0, "SIGKILL");
    await until("another worker", async () => {
      const now = await edgeWorkers(settings);
      return now.length === 2 && now.some((pid) => !before.includes(pid)) ? true : undefined;
    });
  }
  const { done, refused, broken } = await clients.stop();
  console.log(`3 workers killed: ${done} connections done, ${refused.length} refused, ${broken.length} broken`);
  expect(done).toBeGreaterThan(100);
  expect(refused).toEqual([]);
  expect(broken.length).toBeLessThanOrEqual(3 * 4); // each client has one connection at a time
});

test("workers are replaced one after the other, and no connection is lost under load", {
  timeout: 120_000,
}, async () => {
  const { settings, port, world, certificate } = await installation();
  const before = await bothServe(settings);
  const clients = load(port);
  for (let rounds = 0; rounds < 2; rounds++)
    expect(await visit(join(settings.dataDir, "edge.sock"), "reload")).toBe("reloaded");
  const { done, refused, broken } = await clients.stop();
  const after = await edgeWorkers(settings);
  console.log(
    `2 rolling restarts of 2 workers: ${done} connections done, ${refused.length} refused, ${broken.length} broken`,
  );
  expect({ refused, broken }).toEqual({ refused: [], broken: [] });
  expect(after).toHaveLength(2);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  // The new ones follow.
  const renewed = await world.certify(["a.test"], { arn: certificate.arn });
  await patiently("the renewal is served", () => world.served(certificate.arn, renewed.serial));
});

test("the supervisor is killed under load: its workers serve on, start another and give way to its workers", {
  timeout: 120_000,
}, async () => {
  const { settings, port, world, certificate } = await installation();
  const workers = await bothServe(settings);
  const supervisor = (await edgePid(settings)) ?? 0;
  const clients = load(port);
  process.kill(supervisor, "SIGKILL");
  const killed = performance.now();
  await until("another supervisor", async () => {
    const pid = await edgePid(settings);
    return pid !== undefined && pid !== supervisor ? pid : undefined;
  });
  await until("other workers", async () => (workers.every((pid) => !isAlive(pid)) ? true : undefined));
  const gap = performance.now() - killed;
  const { done, refused, broken, slowest } = await clients.stop();
  console.log(
    `supervisor killed: ${done} connections done, ${refused.length} refused, ${broken.length} broken, slowest ${slowest.toFixed()} ms; all replaced after ${gap.toFixed()} ms`,
  );
  expect({ refused, broken }).toEqual({ refused: [], broken: [] });
  const renewed = await world.certify(["a.test"], { arn: certificate.arn });
  await patiently("the renewal is served", () => world.served(certificate.arn, renewed.serial));
});

test("without the control plane an edge that was killed whole starts again with what it knew, and serves as soon as KMS answers", {
  timeout: 120_000,
}, async () => {
  const { settings, port, world, certificate } = await installation();
  await world.stopControl();
  const all = [(await edgePid(settings)) ?? 0, ...(await edgeWorkers(settings))];
  for (const pid of all) process.kill(pid, "SIGKILL");
  await until("another edge", async () => {
    const pid = await edgePid(settings);
    return pid !== undefined && !all.includes(pid) ? true : undefined;
  });
  // It listens, and cannot open its key yet.
  await until("it listens", () => connects(port));
  expect(readFileSync(join(settings.dataDir, "edge-state")).includes(certificate.pem.split("\n")[2] ?? "")).toBe(true);
  await world.startControl();
  await until("it serves", () =>
    get(port, "/", { ca: certificate.pem }).then(
      ({ status }) => (status === 200 ? true : undefined),
      () => undefined,
    ),
  );
});

const connects = async (port: number): Promise<true | undefined> => {
  const socket = connectTcp(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
};

test("nothing of an edge is left when it was stopped, nor of one whose supervisor was just killed", {
  timeout: 120_000,
}, async () => {
  const { settings, host } = await installation();
  const all = [(await edgePid(settings)) ?? 0, ...(await edgeWorkers(settings))];
  process.kill(all[0] ?? 0, "SIGKILL");
  const left = (): string =>
    execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(settings.dataDir))
      .join("\n");
  expect(left()).not.toBe("");
  await host.stop();
  await until("the end of all", async () => (left() === "" ? true : undefined));
});
