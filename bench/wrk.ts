import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Load {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  readonly seconds: number;
  /** The processor core that asks; any when undefined. */
  readonly core?: number;
}

export interface Measured {
  readonly perSecond: number;
  readonly requests: number;
  readonly failed: number;
}

/** Debian's wrk from one thread. A request that is answered with another status than 2xx counts as failed. */
export async function wrk({
  url,
  method = "GET",
  headers = {},
  body = "",
  connections,
  seconds,
  core,
}: Load): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-wrk-"));
  try {
    const script = join(directory, "request.lua");
    const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
    writeFileSync(script, [`wrk.method = ${lua(method)}`, `wrk.body = ${lua(body)}`, ...lines].join("\n"));
    const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, url];
    const command = core === undefined ? ["wrk", ...args] : ["taskset", "-c", String(core), "wrk", ...args];
    const { stdout } = await promisify(execFile)(command[0] ?? "", command.slice(1));
    const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
    return {
      perSecond: number(/Requests\/sec:\s+([\d.]+)/),
      requests: number(/(\d+) requests in/),
      failed: number(/Non-2xx or 3xx responses: (\d+)/) + number(/Socket errors: .*timeout (\d+)/),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Processor time that a process and its descendants have used, in microseconds. */
export function cpuMicros(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * TICK_MICROS + children.reduce((sum, child) => sum + cpuMicros(Number(child)), 0);
}

/** Processor microseconds of `pid` for each request of `load`. */
export async function cpuPerRequest(pid: number, load: Load): Promise<Measured & { readonly micros: number }> {
  const before = cpuMicros(pid);
  const measured = await wrk(load);
  return { ...measured, micros: (cpuMicros(pid) - before) / Math.max(1, measured.requests) };
}

function lua(text: string): string {
  return JSON.stringify(text);
}

/** Linux counts processor time in hundredths of a second. */
const TICK_MICROS = 10_000;
