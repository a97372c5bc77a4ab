import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { resendDead, resendSince } from "#events/resend.ts";
import { type Undelivered, undelivered } from "#events/undelivered.ts";
import { systemClock } from "#lib/clock.ts";
import { later, MINUTE, type Millis, parseDuration, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { ConfigError } from "#main/config-error.ts";
import { eventsAfter, type StoredEvent } from "#store/events.ts";
import { openStore, type Store } from "#store/store.ts";
import { endWithReader } from "./end-with-reader.ts";
import { readSettings } from "./settings.ts";

/** `sealkeeper events`: what happened. Asks the database, so `serve` need not run. */
export async function main(args: readonly string[]): Promise<number> {
  const { config, own } = readSettings(args, 0, FLAGS);
  const on = (name: keyof typeof FLAGS): boolean => own[name] === "true";
  const since = sinceWhen(own["since"] ?? "24h", systemClock.now());
  if (Number(on("follow")) + Number(on("undelivered")) + Number(on("resend")) > 1) {
    throw new ConfigError("--follow, --undelivered and --resend are three different things");
  }
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  endWithReader();
  const store = await openStore(config.database);
  const deps = { store, clock: systemClock, ids: randomIds };
  const say = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  try {
    if (on("undelivered")) {
      for await (const page of undelivered(deps))
        say(page.map(on("json") ? (each) => JSON.stringify(each) : tellUndelivered));
    } else if (on("resend")) {
      const count = own["since"] === undefined ? await resendDead(deps) : await resendSince(since, deps);
      say([own["since"] === undefined ? `${count} deliveries are tried again` : `${count} events are sent once more`]);
    } else {
      const tell = on("json") ? ({ body }: StoredEvent): string => body : tellEvent;
      for await (const page of eventsFrom(since, on("follow"), store)) say(page.map(tell));
    }
    return 0;
  } finally {
    await store.destroy();
  }
}

/** When an argument says: a duration before now, or a time. */
export function sinceWhen(text: string, now: Date): Date {
  const length = parseDuration(text);
  if (length !== undefined) return later(now, -length);
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new ConfigError(
      `--since: "${text}" is neither a duration such as 24h nor a time such as 2026-11-22T06:00:00Z`,
    );
  }
  return time;
}

/** One event in a line for people. */
export function tellEvent({
  at,
  detailType,
  lane,
  body,
}: Pick<StoredEvent, "at" | "detailType" | "lane" | "body">): string {
  const { detail = {} } = JSON.parse(body) as { readonly detail?: Readonly<Record<string, unknown>> };
  const facts = Object.entries(detail).flatMap(([name, value]) =>
    TOLD.includes(name) ? [`${name} ${String(value)}`] : [],
  );
  return [new Date(at).toISOString(), detailType, ...facts, lane].join("  ");
}

function tellUndelivered({ at, detailType, lane, target, state, attempts, nextAt, lastError }: Undelivered): string {
  const when = state === "DEAD" ? "given up" : `again at ${new Date(nextAt).toISOString()}`;
  const why = lastError === null ? [] : [lastError];
  return [new Date(at).toISOString(), detailType, lane, `to ${target}`, `${attempts} tries`, ...why, when].join("  ");
}

/** The events since a time, page by page; while they are followed, without an end. */
async function* eventsFrom(since: Date, follow: boolean, store: Store): AsyncGenerator<readonly StoredEvent[]> {
  // On PostgreSQL an event may become visible a moment after later ones: the last minute is looked at again.
  const seen = new Set<number>();
  let from = { at: since.getTime(), position: 0 };
  for (;;) {
    const page = await eventsAfter(store, from, Number.MAX_SAFE_INTEGER, AT_ONCE);
    const fresh = page.filter(({ position }) => !seen.has(position));
    if (fresh.length > 0) yield fresh;
    for (const { position } of fresh) seen.add(position);
    const last = page.at(-1);
    if (last && page.length === AT_ONCE) {
      from = { at: last.at, position: last.position };
      continue;
    }
    if (!follow) return;
    await setTimeout(POLL);
    const settled = systemClock.now().getTime() - OPEN_FOR;
    if (settled > from.at) from = { at: settled, position: 0 };
    if (seen.size > MOST_SEEN)
      for (const oldest of [...seen].sort((a, b) => a - b).slice(0, MOST_SEEN / 2)) seen.delete(oldest);
  }
}

const FLAGS = {
  since: { type: "string" },
  follow: { type: "boolean" },
  json: { type: "boolean" },
  undelivered: { type: "boolean" },
  resend: { type: "boolean" },
} as const;

const TOLD: readonly string[] = [
  "Action",
  "CommonName",
  "DaysToExpiry",
  "RenewalStatusReason",
  "FailureReason",
  "Owner",
  "Problem",
];
const POLL: Millis = SECOND;
const OPEN_FOR: Millis = MINUTE;
const AT_ONCE = 500;
const MOST_SEEN = 20_000;
