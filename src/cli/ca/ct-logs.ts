import { existsSync } from "node:fs";
import type { OutsideLog } from "#ca/transparency/outside/log-list.ts";
import { table } from "#cli/edge/operator.ts";
import { readSettings } from "#cli/settings.ts";
import { systemClock } from "#lib/clock.ts";
import { ConfigError } from "#main/config-error.ts";
import { readOutsideLogs } from "#main/outside-logs-settings.ts";
import { listOutsideLogs, type OutsideLogRow } from "#store/outside-logs.ts";
import { openStore } from "#store/store.ts";

/** A log as an operator looks at it. Times are in ISO 8601; undefined: never. */
export interface ShownLog {
  /** As certificates name it, base64. */
  readonly logId: string;
  readonly description: string | undefined;
  readonly operator: string | undefined;
  readonly url: string | undefined;
  /** Whether it is in the list that is configured. */
  readonly configured: boolean;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly timestamps: number;
  readonly answeredAt: string | undefined;
  readonly failures: number;
  readonly failedAt: string | undefined;
  readonly problem: string | undefined;
  readonly leftAloneUntil: string | undefined;
}

/** `sealkeeper ca ct logs`: the logs of others, and how they answered. 1 when one of the list failed the last time. */
export async function showOutsideLogs(args: readonly string[]): Promise<number> {
  const { config, own } = readSettings(args, 0, { json: { type: "boolean" } });
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  const configured = readOutsideLogs(config) ?? [];
  const store = await openStore(config.database);
  try {
    const logs = shownLogs(configured, await listOutsideLogs(store), systemClock.now());
    process.stdout.write(own["json"] === "true" ? `${JSON.stringify(logs, undefined, 2)}\n` : tellLogs(logs));
    return logs.some((log) => log.configured && log.failures > 0) ? 1 : 0;
  } finally {
    await store.destroy();
  }
}

/** The logs of the list, and others that were asked before. */
export function shownLogs(configured: readonly OutsideLog[], rows: readonly OutsideLogRow[], now: Date): ShownLog[] {
  const others = rows.filter(({ logId }) => !configured.some(({ id }) => id === logId)).map(({ logId }) => logId);
  return [...configured.map(({ id }) => id), ...others].map((id) => {
    const log = configured.find((one) => one.id === id);
    const row = rows.find(({ logId }) => logId === id);
    const alone = row?.leftAloneUntil ?? 0;
    return {
      logId: Buffer.from(id, "hex").toString("base64"),
      description: log?.description,
      operator: log?.operator,
      url: log?.url,
      configured: log !== undefined,
      from: log?.interval?.start.toISOString(),
      to: log?.interval?.end.toISOString(),
      timestamps: row?.timestamps ?? 0,
      answeredAt: shownTime(row?.answeredAt),
      failures: row?.failures ?? 0,
      failedAt: shownTime(row?.failedAt),
      problem: row?.problem ?? undefined,
      leftAloneUntil: alone > now.getTime() ? shownTime(alone) : undefined,
    };
  });
}

/** Logs in lines for people. */
export function tellLogs(logs: readonly ShownLog[]): string {
  if (logs.length === 0) return "no logs of others are told of certificates: see outside-logs\n";
  const rows = logs.map((log) => [
    log.failures > 0 ? "✗" : log.answeredAt === undefined ? "·" : "✓",
    log.description ?? `${log.logId} (not in the list)`,
    log.operator ?? "",
    log.to === undefined ? "" : `ends before ${log.to.slice(0, 10)}`,
    `${log.timestamps} timestamps`,
    log.answeredAt === undefined ? "never answered" : `last ${log.answeredAt}`,
  ]);
  const troubles = logs.flatMap((log) => [
    ...(log.failures > 0
      ? [`${log.description ?? log.logId}: failed ${log.failures} times, last ${log.failedAt}: ${log.problem}`]
      : []),
    ...(log.leftAloneUntil === undefined
      ? []
      : [`${log.description ?? log.logId}: asked to be left alone until ${log.leftAloneUntil}`]),
  ]);
  return `${[table(rows), ...troubles].join("\n")}\n`;
}

function shownTime(at: number | null | undefined): string | undefined {
  return at === null || at === undefined ? undefined : new Date(at).toISOString();
}
