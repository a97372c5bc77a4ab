import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { CreateKeyCommand, EncryptCommand, SignCommand } from "@aws-sdk/client-kms";
import { expect, onTestFinished, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { get } from "#cli/demo/wire.ts";
import { debian } from "../support/debian.ts";
import { edgePid, edgeWorkers } from "../support/edge-process.ts";
import { formsOf, knownKeys } from "../support/known-keys.ts";
import { countInMemory } from "../support/process-memory.ts";
import { testProduct } from "../support/product.ts";
import { openShop } from "../support/shop.ts";

test("after a whole story known keys are in the KMS process and in the edge that serves them, and nowhere else", {
  timeout: 400_000,
}, async () => {
  debian("gdb");
  const product = await testProduct({ "key-pool": "2", "log-level": "debug" });
  const shop = await openShop(product);
  for (let i = 0; i < 3; i++) await get(shop);
  const { kms } = shop.clients;
  const symmetric = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
  await kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext: Buffer.from("message") }));
  const signer = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
  const sign = {
    KeyId: signer.KeyMetadata?.KeyId,
    Message: Buffer.from("m"),
    SigningAlgorithm: "ECDSA_SHA_256",
  } as const;
  await kms.send(new SignCommand(sign));

  const workers = await edgeWorkers(product);
  const processes = { control: product.process.pid, kms: kmsOf(product), edge: await edgePid(product) };
  const copies = directory();
  const database = new DatabaseSync(join(product.dataDir, "sealkeeper.db"), { readOnly: true });
  await backup(database, join(copies, "backup.db"));
  database.close();
  for (const [name, pid] of Object.entries(processes)) dump(pid ?? 0, join(copies, `core.${name}`));

  const known = await knownKeys(product.dataDir);
  expect(known.leaves.length).toBeGreaterThan(0);
  expect(known.masters.length).toBeGreaterThanOrEqual(3);
  const count = (pid: number | undefined, ...groups: readonly (readonly Buffer[])[]): number =>
    countInMemory(pid ?? 0, groups.flat().flatMap(formsOf));
  const { root, custody, masters, leaves } = known;
  for (const group of [root, custody, masters]) expect(count(processes.kms, group)).toBeGreaterThan(0);
  expect(count(processes.kms, leaves)).toBe(0);
  expect(count(processes.control, root, custody, masters, leaves)).toBe(0);
  expect(count(processes.edge, root, custody, masters, leaves)).toBe(0); // the supervisor passes them on sealed
  expect(Math.max(...workers.map((worker) => count(worker, leaves)))).toBeGreaterThan(0);
  for (const worker of workers) expect(count(worker, root, custody, masters)).toBe(0);

  const secrets = [...known.custody, ...known.masters, ...known.leaves, ...known.root].flatMap(formsOf);
  const files = [...filesOf(product.dataDir), ...filesOf(copies)].filter((path) => !path.endsWith("root.key"));
  expect(files.some((path) => path.endsWith("-wal"))).toBe(true);
  for (const path of files) {
    const content = readFileSync(path);
    for (const secret of secrets) expect(content.includes(secret), path).toBe(false);
  }
  console.log(
    `hunted ${secrets.length / 5} secrets in ${files.length} files, 3 core dumps and ${3 + workers.length} processes`,
  );
});

/** The KMS process is a child of the control plane. */
function kmsOf({ process: { pid } }: Product): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  const kms = children.find((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("/main/kms.ts"));
  if (kms === undefined) throw new Error("there is no KMS process");
  return kms;
}

function dump(pid: number, path: string): void {
  execFileSync("gcore", ["-o", path, String(pid)], { stdio: "ignore" });
}

function filesOf(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .map((name) => join(place, name))
    .filter((path) => statSync(path).isFile());
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "canary-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
