import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = new URL("../../tests/support/hold-when-told.ts", import.meta.url).pathname;

test("of many processes that start at once after a kill, one holds the data directory, also when it does not answer", async () => {
  const path = mkdtempSync(join(tmpdir(), "sealkeeper-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  let killed = await start(path);
  expect(await tell(killed)).toBe("held");
  for (let round = 0; round < 3; round++) {
    const others = await Promise.all(Array.from({ length: 6 }, () => start(path)));
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const said = await Promise.all(others.map(tell));
    expect(said.filter((word) => word === "held")).toHaveLength(1);
    const holder = others[said.indexOf("held")]!;
    holder.kill("SIGSTOP");
    expect(await tell(await start(path))).toContain(`process ${holder.pid} runs in ${path} already`);
    killed = holder;
  }
});

/** A process that has done everything but to take hold. */
async function start(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [SCRIPT, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  expect(await word(child)).toBe("ready");
  return child;
}

async function tell(child: ChildProcess): Promise<string> {
  child.stdin?.write("x");
  return await word(child);
}

async function word({ stdout }: ChildProcess): Promise<string> {
  const [text] = stdout ? ((await once(stdout, "data")) as [Buffer]) : [""];
  return String(text).trim();
}
