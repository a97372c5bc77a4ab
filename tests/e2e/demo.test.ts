import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
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

test("a story that breaks off ends with 1 and says where", async () => {
  const args = [BIN, "demo", "--database", "postgres://nobody@127.0.0.1:1/none"];
  const broken = promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  await expect(broken).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("broke off") });
});
