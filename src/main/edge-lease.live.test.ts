import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startSupervisor } from "#edge/supervisor/supervisor.ts";
import { systemClock } from "#lib/clock.ts";
import { HOUR } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { systemTimers, type Timers } from "#lib/timers.ts";
import { balancer } from "../../tests/support/edge-config.ts";
import { edgeWorld, eventually } from "../../tests/support/edge-world.ts";
import { countInMemory } from "../../tests/support/process-memory.ts";
import { get, shown } from "../../tests/support/tls-client.ts";
import { writeSecretFile } from "./data-dir.ts";
import { edgeFiles } from "./edge-files.ts";
import { edgeArguments } from "./edge-options.ts";
import { startWorkerProcess } from "./edge-workers.ts";

const LEASE = 7 * HOUR;

test("without a word from the control plane for as long as keys are leased, no worker has a key any more; with one it has", {
  timeout: 120_000,
}, async () => {
  const world = await edgeWorld({ withEdge: false });
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-lease-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const certificate = await world.certify(["a.test"]);
  await world.add(balancer({ certificates: [certificate.arn] }));
  const { endpoint, accessKey } = world;
  writeSecretFile(
    edgeFiles(dataDir).credentials,
    `aws_access_key_id = ${accessKey.accessKeyId}\naws_secret_access_key = ${accessKey.secretAccessKey}\n`,
  );
  const args = edgeArguments({
    dataDir,
    endpoints: [endpoint],
    name: "local-test",
    logLevel: "error",
    workers: 2,
    keyLease: LEASE,
    remote: false,
    requireErasure: false,
  });
  let end = (): void => {};
  /** Real time, but for the lease, which the test ends. */
  const timers: Timers = {
    after(delay, act) {
      if (delay !== LEASE) return systemTimers.after(delay, act);
      end = act;
      return () => (end = () => {});
    },
  };
  const supervisor = startSupervisor(
    { edge: "local-test", endpoint, accessKey, workers: 2, keyLease: LEASE },
    {
      clock: systemClock,
      timers,
      ids: randomIds,
      log: { info: () => {}, warn: () => {} },
      startWorker: () => startWorkerProcess(args),
      stateLog: { load: () => [], append: () => {} },
    },
  );
  onTestFinished(() => supervisor.stop());
  const port = await world.port();
  await supervisor.ready;
  const inMemory = (): number => supervisor.pids.reduce((sum, pid) => sum + countInMemory(pid, certificate.traces), 0);
  await eventually("the key in memory", async () => (inMemory() > 0 ? true : undefined));
  expect((await get(port, "/", { ca: certificate.pem })).status).toBe(200);

  await world.stopControl();
  end();
  await eventually("the key is gone", async () => (inMemory() === 0 ? true : undefined));
  await expect(shown(port, { servername: "a.test" })).rejects.toThrow();

  await world.startControl();
  await eventually("it serves again", () =>
    get(port, "/", { ca: certificate.pem }).then(
      ({ status }) => (status === 200 ? true : undefined),
      () => undefined,
    ),
  );
});
