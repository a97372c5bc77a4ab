import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Structured logs on standard output, one JSON object a line. Nothing secret is ever given to it. */
export function openLog(level: string, name: "control" | "edge"): Logger {
  return pino({ level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
}
