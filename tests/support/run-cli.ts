import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a command printed, and how it ended. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sealkeeper` with these arguments, as a process of its own. */
export async function runCli(...args: readonly string[]): Promise<CliResult> {
  const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as CliResult;
    return { code, stdout, stderr };
  }
}
