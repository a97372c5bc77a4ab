import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Place, Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { seededRandom } from "#lib/seeded-random.ts";
import { kmsProcessOf } from "../support/kms-process.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { runCli } from "../support/run-cli.ts";
import { clientsOf, describe, openShop, request } from "../support/shop.ts";

const SEED = Number(process.env["SEALKEEPER_SEED"] ?? Date.now() % 1_000_000);
const SETTINGS = { "key-pool": "0" };
const BIN = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;

test(`kill -9 of the command, the control plane or a KMS process leaves a rotation and a move to be gone on with, and nothing unreadable (seed ${SEED})`, {
  timeout: 900_000,
}, async () => {
  const random = seededRandom(SEED);
  const place = await testPlace();
  let product = await testProduct(SETTINGS, place);
  const shop = await openShop(product);
  let settings: Readonly<Record<string, string>> = SETTINGS;
  const restart = async (): Promise<void> => {
    await killControl(product);
    product = await testProduct(settings, place);
  };
  const expectWhole = async (...root: readonly string[]): Promise<void> => {
    expect((await rootCommand(place, "verify", ...root)).stdout).toMatch(/\d+ sealed values open, which is all/);
    const clients = clientsOf(product);
    expect((await describe(clients, shop.certificateArn)).Status).toBe("ISSUED");
    expect(await request(clients, `n${random()}.example`)).toContain(":certificate/"); // seals a new one
    expect((await get(shop)).status).toBe(200);
  };

  const killed: string[] = [];
  for (const victim of ["command", "control plane", "command", "its KMS process", "the node's KMS process"]) {
    const rotation = start(place, "rotate");
    const line = Math.floor(random() * STEPS);
    await until(
      `rotation says ${line + 1} things`,
      () => Promise.resolve(rotation.ended() || rotation.lines().length > line || undefined),
      240,
    );
    killed.push(
      `${victim} at "${rotation
        .lines()
        .at(-1)
        ?.replace(/[0-9a-f]{16}/g, "…")}"`,
    );
    if (victim === "command") kill(rotation.child.pid);
    if (victim === "its KMS process") kill(kmsProcessOf(rotation.child.pid));
    if (victim === "the node's KMS process") kill(kmsProcessOf(product.process.pid));
    if (victim === "control plane") await restart();
    await until("the command ends", () => Promise.resolve(rotation.ended() || undefined), 240);
    await expectWhole();
  }
  const last = await rootCommand(place, "rotate");
  expect(last.stdout).toMatch(/values are sealed anew|the one before is destroyed/);
  await expectWhole();

  const target = `key-file:${join(place.dataDir, "other.key")}`;
  expect((await runCli("root", "make-key", target)).code).toBe(0);
  for (let kills = 0; kills < 3; kills++) await killAtWork(start(place, "move", "--to", target), random);
  await expectWhole();
  expect((await rootCommand(place, "move", "--to", target)).stdout).toContain("opens everything");
  const moved = ["--root-of-custody", target];
  expect((await rootCommand(place, "finish", ...moved)).stderr).toContain("again with the new root of custody first");
  settings = { ...SETTINGS, "root-of-custody": target };
  await restart();
  for (let kills = 0; kills < 3; kills++) await killAtWork(start(place, "finish", ...moved), random);
  const { stdout, stderr } = await rootCommand(place, "finish", ...moved);
  expect(stdout + stderr).toMatch(/opens nothing of this store any more|nothing is moved: the root of custody is/);
  await expectWhole(...moved);
  expect((await rootCommand(place, "verify")).stderr).toMatch(/sealed under root of custody \w+, but this is root/);
  console.log(`killed: ${killed.join("; ")}`);
});

interface Command {
  readonly child: ChildProcess;
  readonly lines: () => readonly string[];
  readonly ended: () => boolean;
}

function start({ dataDir }: Place, ...args: readonly string[]): Command {
  const child = spawn(process.execPath, [BIN, "root", ...args, "--data-dir", dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    lines: () => said.split("\n").slice(0, -1),
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** What these two do is one commit: the moment is drawn from the time between their KMS process and their end. */
async function killAtWork({ child, ended }: Command, random: () => number): Promise<void> {
  const exit = once(child, "exit");
  await until("its KMS process", () => Promise.resolve(ended() || kmsProcessOf(child.pid) !== undefined || undefined));
  await Promise.race([setTimeout(random() * 600), exit]);
  child.kill("SIGKILL");
  await exit;
}

function kill(pid: number | undefined): void {
  if (pid !== undefined) process.kill(pid, "SIGKILL");
}

function rootCommand({ dataDir }: Product | Place, command: string, ...args: readonly string[]) {
  return runCli("root", command, ...args, "--data-dir", dataDir);
}

/** It says when the key is made, when it is in force, and when it begins to seal anew. */
const STEPS = 3;
