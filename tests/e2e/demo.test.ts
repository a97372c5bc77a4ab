import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { DATABASES } from "../support/databases.ts";

const BIN = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;

describe.for(DATABASES)("sealkeeper demo, on $name", (database) => {
  test("tells the whole story, and ends with 0 only because every check held", async () => {
    const args = [BIN, "demo", "--database", await database.url()];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 });
    expect(stdout).toMatch(/All \d+ checks held/);
    expect(stdout).not.toContain("✗");
  });
});

test("with --keep everything stays reachable as it says, until it is interrupted", async () => {
  const demo = spawn(process.execPath, [BIN, "demo", "--keep"], { stdio: ["ignore", "pipe", "inherit"] });
  let told = "";
  demo.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  await until("the story is told", async () => (/dig @/.test(told) || demo.exitCode !== null ? true : undefined), 60);
  const [, command = ""] = /^ {2}(curl --cacert .*)$/m.exec(told) ?? [];
  const [, endpoint = ""] = /--endpoint-url (\S+)/.exec(told) ?? [];
  const root = await fetch(`${endpoint}/ca/root.pem`).then((answer) => answer.text());
  const [, address = "", port = ""] = /--connect-to ::([\d.]+):(\d+)/.exec(command) ?? [];
  expect((await get({ address, port: Number(port), host: "www.shop.example", root })).status).toBe(200);
  const ended = once(demo, "exit");
  demo.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
});

test("a story that breaks off ends with 1 and says where", async () => {
  const args = [BIN, "demo", "--database", "postgres://nobody@127.0.0.1:1/none"];
  const broken = promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  await expect(broken).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("broke off") });
});
