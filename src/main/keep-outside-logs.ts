import { statSync } from "node:fs";
import type { OutsideLogs } from "#ca/transparency/outside/outside-logs.ts";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";
import { noteOutsideLogs } from "./note-outside-logs.ts";
import { readEnoughLogs } from "./outside-logs-settings.ts";

interface KeepDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
}

/**
 * Says which logs of others are told, and reads their list again when its file was replaced: lists of browsers change every few weeks, and a control plane
 * runs for longer. A list that cannot be used changes nothing, and is told of once. Answers how to end this.
 */
export function keepOutsideLogs(
  outsideLogs: OutsideLogs,
  config: Pick<Config, "outside-logs">,
  { clock, timers, log }: KeepDeps,
): () => void {
  let known: string | undefined;
  let cancel = (): void => {};
  const look = (): void => {
    const stamp = stampOf(config["outside-logs"]);
    if (stamp !== known) {
      known = stamp;
      try {
        outsideLogs.replace(readEnoughLogs(config, outsideLogs.policy) ?? []);
        noteOutsideLogs(outsideLogs, clock, log);
      } catch (error) {
        log.warn({ err: error }, "the new list of logs cannot be used: the one before stays in force");
      }
    }
    cancel = timers.after(LOOK, look);
  };
  look();
  return () => cancel();
}

/** Another one whenever a file was replaced, written, taken away, or given to others to read. */
function stampOf(path: string): string {
  try {
    const { ino, ctimeMs, size } = statSync(path);
    return `${ino} ${ctimeMs} ${size}`;
  } catch (error) {
    return String(error);
  }
}

const LOOK: Millis = MINUTE;
