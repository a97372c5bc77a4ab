import type { CaDeps } from "#ca/deps.ts";
import { type OwnFlags, readSettings, type Settings } from "#cli/settings.ts";
import { KEY_FAMILIES, type KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import { SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { systemClock } from "#lib/clock.ts";
import { later, parseDuration } from "#lib/duration.ts";
import { ConfigError } from "#main/config-error.ts";
import { openCa } from "#main/open-ca.ts";

/** What an operator's command was called with. */
export type Called = Pick<Settings, "own" | "words">;

/** Runs a command on the CA of the installation that the flags name, with `count` words. Prints what it answers. */
export async function onCa(
  args: readonly string[],
  count: number,
  flags: OwnFlags,
  work: (called: Called, deps: CaDeps) => Promise<Told>,
): Promise<number> {
  const { config, own, words } = readSettings(args, count, { ...flags, json: { type: "boolean" } });
  const deps = await openCa(config);
  try {
    const { value, text } = await work({ own, words }, deps);
    process.stdout.write(own["json"] === "true" ? `${JSON.stringify(value, undefined, 2)}\n` : `${text}\n`);
    return 0;
  } finally {
    await deps.close();
  }
}

/** What a command says: to programs, and to people. */
export interface Told {
  readonly value: unknown;
  readonly text: string;
}

export const HIERARCHY_FLAG: OwnFlags = { hierarchy: { type: "string" } };
export const FAMILY_FLAG: OwnFlags = { family: { type: "string" } };
export const AT_FLAG: OwnFlags = { at: { type: "string" } };

export function hierarchyIn({ own }: Called): string {
  return own["hierarchy"] ?? SHARED_HIERARCHY;
}

/** Throws ConfigError for a family that is none. */
export function familiesIn({ own }: Called): readonly KeyFamily[] {
  const family = own["family"];
  if (family === undefined) return KEY_FAMILIES;
  const found = KEY_FAMILIES.filter((one) => one === family);
  if (found.length === 0) throw new ConfigError(`--family: "${family}" is none of ${KEY_FAMILIES.join(", ")}`);
  return found;
}

/** The moment of `--at`: a time, a duration from now, or now. Throws ConfigError for another, and for one that is over. */
export function momentIn({ own }: Called): Date {
  const text = own["at"];
  const now = systemClock.now();
  if (text === undefined) return now;
  const length = parseDuration(text);
  const at = length === undefined ? new Date(/^\d{4}-\d{2}-\d{2}/.test(text) ? text : Number.NaN) : later(now, length);
  if (Number.isNaN(at.getTime())) {
    throw new ConfigError(`--at: "${text}" is neither a duration such as 24h nor a time such as 2026-12-01T06:00:00Z`);
  }
  if (at < now) throw new ConfigError(`--at: ${text} is over`);
  return at;
}
