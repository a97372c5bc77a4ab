import { spawn } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, onTestFinished, test, vi } from "vitest";
import { poolLevel, takeFromPool } from "#custody/key-pool.ts";
import { keyFileRoot } from "#custody/root.ts";
import { systemClock } from "#lib/clock.ts";
import { openStore } from "#store/store.ts";
import { type KeyMaker, startKeyMaker } from "./key-maker-host.ts";

const root = keyFileRoot(Buffer.alloc(32, 7));
const PATIENT = { timeout: 15_000, interval: 10 };

async function pool(size: number) {
  const store = await openStore("file::memory:");
  const errors: string[] = [];
  const deps = { store, clock: systemClock, root, size, onError: (error: unknown) => errors.push(String(error)) };
  const maker = startKeyMaker(deps);
  onTestFinished(async () => {
    await maker.stop();
    await store.destroy();
  });
  return { store, deps, maker, errors };
}

const running = async (maker: KeyMaker): Promise<number> => vi.waitUntil(() => maker.pid(), PATIENT) as Promise<number>;

test("fills the pool with RSA keys at the lowest priority, then ends its process", async () => {
  const { store, deps, maker, errors } = await pool(3);
  const pid = await running(maker);
  await vi.waitUntil(() => maker.pid() === undefined || getPriority(pid) === 19, PATIENT);
  await vi.waitUntil(async () => (await poolLevel(3, deps)) === 3, PATIENT);
  await vi.waitUntil(() => maker.pid() === undefined, PATIENT);
  expect(errors).toEqual([]);
  const pair = await store.transaction().execute((tx) => takeFromPool(tx, "RSA_2048", root));
  const key = createPrivateKey({ key: pair!.pkcs8.bytes, format: "der", type: "pkcs8" });
  expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65537n });
  expect(createPublicKey(key).export({ format: "der", type: "spki" })).toEqual(pair!.spki);
});

test("a key maker that is killed is replaced, and the pool fills all the same", async () => {
  const { deps, maker, errors } = await pool(4);
  process.kill(await running(maker), "SIGKILL");
  await vi.waitUntil(async () => (await poolLevel(4, deps)) === 4, PATIENT);
  expect(errors).toEqual(["Error: the key maker ended with SIGKILL"]);
});

test("stopping ends the process that makes keys", async () => {
  const { maker } = await pool(1_000);
  const pid = await running(maker);
  await maker.stop();
  expect(maker.pid()).toBeUndefined();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a pool of size 0 is never filled", async () => {
  const { deps, maker } = await pool(0);
  await maker.stop();
  expect(await poolLevel(1, deps)).toBe(0);
});

test("when the control plane is killed, the process that makes keys ends too", async () => {
  const script = `
    const { startKeyMaker } = await import("#main/key-maker-host.ts");
    const { openStore } = await import("#store/store.ts");
    const { keyFileRoot } = await import("#custody/root.ts");
    const { systemClock } = await import("#lib/clock.ts");
    const store = await openStore("file::memory:");
    const root = keyFileRoot(Buffer.alloc(32, 7));
    const maker = startKeyMaker({ store, clock: systemClock, root, size: 1000, onError: console.error });
    for (;;) {
      if (maker.pid() !== undefined) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.stdout.write(String(maker.pid()));`;
  const control = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void control.kill("SIGKILL"));
  const [printed] = (await once(control.stdout, "data")) as [Buffer];
  const pid = Number(printed);
  process.kill(pid, 0); // it is there
  control.kill("SIGKILL");
  await vi.waitUntil(() => !isRunning(pid), PATIENT);
});

/** An ended process whom nobody asked for its exit code is still there, as a zombie. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
