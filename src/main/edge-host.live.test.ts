import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { balancer } from "../../tests/support/edge-config.ts";
import { edgeWorkers } from "../../tests/support/edge-process.ts";
import { type EdgeWorld, edgeWorld, eventually, type MadeCertificate } from "../../tests/support/edge-world.ts";
import { countInMemory } from "../../tests/support/process-memory.ts";
import { get } from "../../tests/support/tls-client.ts";
import { type EdgeHost, type EdgeHostSettings, keepEdge } from "./edge-host.ts";

/** A control side with one load balancer, and a data directory for the edge process. */
async function installation(): Promise<{
  world: EdgeWorld;
  settings: EdgeHostSettings;
  errors: unknown[];
  certificate: MadeCertificate;
}> {
  const world = await edgeWorld({ withEdge: false });
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-edge-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const certificate = await world.certify(["a.test"]);
  await world.add(balancer({ certificates: [certificate.arn] }));
  const { endpoint, accessKey } = world;
  const settings = {
    dataDir,
    endpoint,
    accessKey,
    name: "local-test",
    logLevel: "info",
    workers: 2,
    keyLease: undefined,
  };
  return { world, settings, errors: [], certificate };
}

function kept(settings: EdgeHostSettings, errors: unknown[]): EdgeHost {
  const host = keepEdge(settings, { onError: (error) => errors.push(error) });
  onTestFinished(() => host.stop());
  return host;
}

const pidOf = (host: EdgeHost): Promise<number> => eventually("an edge process", () => Promise.resolve(host.pid()));

const gone = (pid: number): Promise<true> =>
  eventually("its end", () => Promise.resolve(alive(pid) ? undefined : true));

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("an edge process is kept: killed, it is replaced; stopped, it drains and goes", { timeout: 30_000 }, async () => {
  const { world, settings, errors, certificate } = await installation();
  const ca = certificate.pem;
  const host = kept(settings, errors);
  const first = await pidOf(host);
  const port = await world.port();
  expect(await get(port, "/", { ca })).toMatchObject({ status: 200, body: "hello" });

  process.kill(first, "SIGKILL");
  const second = await eventually("another edge", async () => {
    const pid = host.pid();
    return pid !== undefined && pid !== first ? pid : undefined;
  });
  await eventually("service by the other edge", () =>
    world
      .port()
      .then((again) => get(again, "/", { ca }))
      .then(
        ({ body }) => (body === "hello" ? true : undefined),
        () => undefined,
      ),
  );
  await host.stop();
  await gone(second);
  expect(errors).toEqual([]);
});

test("an edge outlives its control plane and is adopted by the next, unless it is another one", {
  timeout: 30_000,
}, async () => {
  const { settings, errors } = await installation();
  const script = `
    import { keepEdge } from "#main/edge-host.ts";
    const settings = JSON.parse(process.argv[1]);
    const host = keepEdge({ ...settings, endpoint: new URL(settings.endpoint) }, { onError: console.error });
    const timer = setInterval(() => {
      if (host.pid() === undefined) return;
      console.log(host.pid());
      process.kill(process.pid, "SIGKILL");
    }, 10);`;
  const run = (): number => {
    try {
      execFileSync(process.execPath, ["--input-type=module", "-e", script, JSON.stringify(settings)], {
        encoding: "utf8",
      });
    } catch (error) {
      return Number((error as { stdout: string }).stdout);
    }
    throw new Error("it was to be killed");
  };
  const pid = run();
  expect(alive(pid)).toBe(true);
  expect(run()).toBe(pid);

  const elsewhere = { ...settings, endpoint: new URL("http://127.0.0.1:9") };
  const other = keepEdge(elsewhere, { onError: (error) => errors.push(error) });
  const replaced = await pidOf(other);
  expect(replaced).not.toBe(pid);
  await gone(pid);
  await other.stop();
});

test("no secret is in its command line or environment, and its files are its own", { timeout: 30_000 }, async () => {
  const { world, settings, errors } = await installation();
  const supervisor = await pidOf(kept(settings, errors));
  await world.port();
  const { secretAccessKey } = settings.accessKey;
  for (const pid of [supervisor, ...(await edgeWorkers(settings))]) {
    for (const file of ["cmdline", "environ"]) {
      expect(readFileSync(`/proc/${pid}/${file}`, "latin1")).not.toContain(secretAccessKey);
    }
    expect(readFileSync(`/proc/${pid}/coredump_filter`, "latin1").trim()).toBe("00000000");
  }
  for (const file of ["edge-credentials", "edge.log", "edge.sock", "edge-state"]) {
    expect(statSync(join(settings.dataDir, file)).mode & 0o077, file).toBe(0);
  }
  expect(existsSync(join(settings.dataDir, "edge-ca.pem"))).toBe(false);
});

test("a private key is in its memory while it is served, and nowhere once the grant is retired", {
  timeout: 30_000,
}, async () => {
  const { world, settings, errors, certificate } = await installation();
  const supervisor = await pidOf(kept(settings, errors));
  expect((await get(await world.port(), "/", { ca: certificate.pem })).status).toBe(200);
  const workers = await edgeWorkers(settings);
  expect(workers).toHaveLength(2);
  const count = (pid: number, { traces }: MadeCertificate): number => countInMemory(pid, traces);
  const inWorkers = (made: MadeCertificate): number => workers.reduce((sum, pid) => sum + count(pid, made), 0);
  await eventually("the key in every worker", async () =>
    workers.every((pid) => count(pid, certificate) > 0) ? true : undefined,
  );
  expect(count(supervisor, certificate)).toBe(0);
  const renewed = await world.certify(["a.test"], { arn: certificate.arn });
  await world.served(certificate.arn, renewed.serial);
  await eventually("the old key is gone", async () => (inWorkers(certificate) === 0 ? true : undefined));
  await world.detach(certificate.arn);
  await eventually("the key is gone", async () => (inWorkers(renewed) === 0 ? true : undefined));
  expect(count(supervisor, renewed)).toBe(0);
});
