import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WrongRoot } from "#custody/root.ts";
import type { KeyId } from "#domain/keys/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { startKms } from "./kms-host.ts";

const KEY = "11111111-1111-1111-1111-111111111111" as KeyId;
const CONTEXT = { "aws:acm:arn": "arn:aws:acm:eu-west-1:123456789012:certificate/x" };

test("what is sealed in the process is used in the process, and refusals come out as they are", async () => {
  const { vault } = await kmsWithKey();
  const { sealed } = await vault.make("SYMMETRIC_DEFAULT", "kms:1:1");
  const material = { spec: "SYMMETRIC_DEFAULT", purpose: "kms:1:1", sealed } as const;
  const data = Buffer.from("a data key");
  const blob = await vault.use(material, { do: "encrypt", keyId: KEY, version: 1, context: CONTEXT, data });
  expect(await vault.use(material, { do: "decrypt", context: CONTEXT, data: blob! })).toEqual(data);
  expect(await vault.use(material, { do: "decrypt", context: {}, data: blob! })).toBeUndefined();
  await expect(vault.use({ ...material, purpose: "kms:2:1" }, { do: "check" })).rejects.toThrow("this is not what was");
  const pair = await vault.make("ECC_NIST_P256", "kms:3:1");
  const agree = vault.use({ spec: "ECC_NIST_P256", purpose: "kms:3:1", sealed: pair.sealed }, { do: "agree", data });
  await expect(agree).rejects.toThrow(Refusal);
  const strange = Buffer.from(sealed);
  strange.fill(9, 4, 12);
  await expect(vault.use({ ...material, sealed: strange }, { do: "check" })).rejects.toThrow(WrongRoot);
});

test("killed under load, it is started again, knows what it knew, and every call is answered", async () => {
  const { vault, pid } = await kmsWithKey();
  const { sealed } = await vault.make("SYMMETRIC_DEFAULT", "kms:1:1");
  const material = { spec: "SYMMETRIC_DEFAULT", purpose: "kms:1:1", sealed } as const;
  const data = randomBytes(32);
  let answered = 0;
  let stop = false;
  const client = async (): Promise<void> => {
    while (!stop) {
      const blob = await vault.use(material, { do: "encrypt", keyId: KEY, version: 1, context: CONTEXT, data });
      expect(await vault.use(material, { do: "decrypt", context: CONTEXT, data: blob! })).toEqual(data);
      answered++;
    }
  };
  const clients = Array.from({ length: 16 }, client);
  const pids = new Set<number>();
  for (let kills = 0; kills < 3; kills++) {
    const before = answered;
    while (answered < before + 50) await new Promise((resolve) => setImmediate(resolve));
    const victim = pid()!;
    pids.add(victim);
    process.kill(victim, "SIGKILL");
    while (pid() === undefined || pid() === victim) await new Promise((resolve) => setImmediate(resolve));
  }
  const before = answered;
  while (answered < before + 50) await new Promise((resolve) => setImmediate(resolve));
  stop = true;
  await Promise.all(clients);
  expect(pids.size).toBe(3);
});

test("it ends with its parent, leaves no core, and its memory is in no core of another's making", async () => {
  const place = directory();
  const script = `
    const { startKms } = await import("#main/kms-host.ts");
    const roots = [{ kind: "key-file", path: ${JSON.stringify(keyFile(place))} }];
    const kms = startKms({ roots, user: undefined, onError: console.error });
    await kms.vault.openRoot(0, undefined);
    console.log(kms.pid());
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(said.toString());
  expect(readFileSync(`/proc/${pid}/limits`, "utf8")).toMatch(/Max core file size +0 +0/);
  expect(readFileSync(`/proc/${pid}/coredump_filter`, "utf8").trim()).toBe("00000000");
  expect(Number(/^VmLck:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1])).toBeGreaterThanOrEqual(
    4096,
  );
  parent.kill("SIGKILL");
  const zombie = (): boolean => !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  while (!zombie()) await new Promise((resolve) => setImmediate(resolve));
});

test.runIf(process.getuid?.() === 0)(
  "started by root it runs as another user, who cannot read the key file himself",
  async () => {
    const path = keyFile(directory());
    const nobody = 65534;
    const kms = await startedKms(path, { uid: nobody, gid: nobody });
    const status = readFileSync(`/proc/${kms.pid()}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Groups:\s*$/m);
  },
);

async function kmsWithKey() {
  const kms = await startedKms(keyFile(directory()));
  const { keyId } = await kms.vault.newKey(0);
  await kms.vault.sealUnder(keyId);
  return kms;
}

async function startedKms(path: string, user?: { uid: number; gid: number }) {
  const errors: unknown[] = [];
  const kms = startKms({ roots: [{ kind: "key-file", path }], user, onError: (error) => errors.push(error) });
  onTestFinished(() => kms.vault.close());
  await kms.vault.openRoot(0, undefined);
  return kms;
}

function keyFile(place: string): string {
  const path = join(place, "root.key");
  writeFileSync(path, randomBytes(32), { mode: 0o600 });
  return path;
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "kms-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
