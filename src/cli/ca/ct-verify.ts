import { existsSync } from "node:fs";
import { type LogReport, verifyLog } from "#ca/transparency/verify.ts";
import { readSettings } from "#cli/settings.ts";
import { ConfigError } from "#main/config-error.ts";
import { openStore } from "#store/store.ts";

/** `sealkeeper ca ct verify`: is everything that the CA signed in its log, and the log whole? 1 when it is not. */
export async function verifyTransparency(args: readonly string[]): Promise<number> {
  const { config } = readSettings(args, 0);
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  const store = await openStore(config.database);
  try {
    const report = await verifyLog(store);
    process.stdout.write(tellReport(report));
    return report.findings.length === 0 ? 0 : 1;
  } finally {
    await store.destroy();
  }
}

/** A report in lines for people. */
export function tellReport({ entries, certificates, unlogged, findings }: LogReport): string {
  return [
    ...findings.map((finding) => `✗ ${finding}`),
    `${findings.length === 0 ? "✓" : "✗"} ${entries} entries, ${certificates} certificates found in the log`,
    ...(unlogged === 0 ? [] : [`  ${unlogged} certificates were signed while the log was off`]),
    "",
  ].join("\n");
}
