import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { debian } from "./debian.ts";

debian("openssl");

/**
 * Runs Debian's openssl in a directory of its own that holds `files`, and answers everything it printed. When it fails
 * the answer begins with `exit <code>`.
 */
export async function openssl(
  args: string,
  files: Readonly<Record<string, Uint8Array | string>> = {},
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    const running = promisify(execFile)("openssl", args.split(" "), { cwd: directory });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return stdout + stderr;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return `exit ${code}\n${stdout}${stderr}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
