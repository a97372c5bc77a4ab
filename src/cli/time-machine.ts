import { parseArgs } from "node:util";
import { ConfigError } from "#main/config-error.ts";
import { runTimeMachine } from "#time-machine/run.ts";
import { isOfTheWorld, tellEvent } from "#time-machine/tell-event.ts";
import type { Event } from "#time-machine/trace.ts";
import { endWithReader } from "./end-with-reader.ts";
import { tellTimeMachine } from "./tell-time-machine.ts";

/** `sealkeeper time-machine`: years of a simulated fleet in a minute. 1 when something happened that must never happen. */
export function main(args: readonly string[]): Promise<number> {
  const { json, follow, ...run } = readArguments(args);
  endWithReader();
  const began = performance.now();
  const report = runTimeMachine({
    ...run,
    ...(follow === undefined ? {} : { onEvent: (event) => tellFollowed(event, follow) }),
    ...(process.stderr.isTTY && follow === undefined ? { onDay: showProgress } : {}),
  });
  const seconds = (performance.now() - began) / 1000;
  if (process.stderr.isTTY) process.stderr.write("\r\u{1b}[K");
  const text = json ? JSON.stringify({ ...report, seconds }, undefined, 2) : tellTimeMachine(report, seconds);
  if (follow === undefined) process.stdout.write(`${text}\n`);
  return Promise.resolve(report.violationCount > 0 ? 1 : 0);
}

/** What happened to one certificate, and to all. */
function tellFollowed(event: Event, follow: number): void {
  if (event.subject === follow || isOfTheWorld(event)) process.stdout.write(`${tellEvent(event)}\n`);
}

interface Arguments {
  readonly certificates: number;
  readonly years: number;
  readonly seed: number;
  readonly json: boolean;
  readonly follow: number | undefined;
}

function readArguments(args: readonly string[]): Arguments {
  const { certificates, years, seed, json, follow } = parse(args);
  const fleet = whole("certificates", certificates, 1, 100_000);
  return {
    certificates: fleet,
    years: whole("years", years, 1, 50),
    seed: whole("seed", seed, 0, 2 ** 32 - 1),
    json,
    follow: follow === undefined ? undefined : whole("follow", follow, 0, fleet - 1),
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<typeof SYNTAX>>["values"] {
  try {
    return parseArgs({ ...SYNTAX, args: [...args] }).values;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new ConfigError(`--${name}: "${text}" is not a whole number from ${least} to ${most}`);
}

function showProgress(now: Date): void {
  if (now.getUTCDate() === 1) process.stderr.write(`\r${now.toISOString().slice(0, 7)}`);
}

const SYNTAX = {
  options: {
    certificates: { type: "string", default: "10000" },
    years: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    follow: { type: "string" },
  },
} as const;
