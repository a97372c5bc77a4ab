import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test.for(["upstream-file", "outside-logs"])(
  "a start whose %s cannot be read ends at once, and says why",
  async (name) => {
    const directory = mkdtempSync(join(tmpdir(), "sealkeeper-"));
    try {
      const file = join(directory, "nothing.json");
      const args = ["--data-dir", join(directory, "data"), "--listen", "127.0.0.1:0", `--${name}`, file];
      const ended = await new Promise<{ code: unknown; said: string }>((resolve) => {
        execFile(process.execPath, ["bin/sealkeeper.ts", "serve", ...args], { timeout: 60_000 }, (error, out, err) =>
          resolve({ code: error?.code, said: out + err }),
        );
      });
      expect(ended.said).toContain(`${name}: ${file} cannot be read`);
      expect(ended.code).toBe(1);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
