import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Structured logs, one JSON object a line, on standard output unless told. Nothing secret is ever given to it. */
export function openLog(level: string, name: "control" | "edge", out?: DestinationStream): Logger {
  const settings = { level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  return out === undefined ? pino(settings) : pino(settings, out);
}
