import { hash } from "node:crypto";
import { type OutsideLog, takesUntil } from "./log-list.ts";

/** How many timestamps of others a certificate is to have, and what becomes of one that has fewer. */
export interface TimestampPolicy {
  /** Of so many logs. */
  readonly needed: number;
  /** Which so many operators run. */
  readonly operators: number;
  readonly missing: Missing;
}

/** `wait`: it is not signed until it has them; `fail`: the request fails; `sign`: it is signed with those that came. */
export type Missing = "wait" | "fail" | "sign";
export const MISSING: readonly Missing[] = ["wait", "fail", "sign"];

type Operated = Pick<OutsideLog, "operator">;

/** Whether timestamps of these logs are what the policy asks for. */
export function isEnough(logs: readonly Operated[], { needed, operators }: TimestampPolicy): boolean {
  return logs.length >= needed && operatorsOf(logs).size >= operators;
}

/**
 * The log to ask next, where these are hoped to answer: one of another operator while operators are missing. Undefined
 * when those suffice, or when none that is left would help.
 */
export function nextLog<Log extends Operated>(
  hoped: readonly Log[],
  left: readonly Log[],
  policy: TimestampPolicy,
): Log | undefined {
  if (isEnough(hoped, policy)) return undefined;
  const known = operatorsOf(hoped);
  const other = known.size < policy.operators ? left.find(({ operator }) => !known.has(operator)) : undefined;
  return other ?? (hoped.length < policy.needed ? left[0] : undefined);
}

/** At most `most` of these, in such a way that they are enough whenever all of them are and the policy needs no more. */
export function mostOf<Log extends Operated>(
  logs: readonly Log[],
  policy: TimestampPolicy,
  most: number,
): readonly Log[] {
  const left = [...logs];
  const chosen: Log[] = [];
  for (let log = nextLog(chosen, left, policy); log; log = nextLog(chosen, left, policy)) {
    chosen.push(...left.splice(left.indexOf(log), 1));
  }
  return [...chosen, ...left].slice(0, most);
}

/**
 * The logs that take a certificate that ends then and did not ask to be left alone, in the order in which they are asked:
 * those that failed last time come last; else it is another order for each serial number, so that each gets its share.
 */
export function askable(
  logs: readonly OutsideLog[],
  { notAfter, serial }: { readonly notAfter: Date; readonly serial: string },
  stateOf: (id: string) => LogHealth | undefined,
  now: Date,
): readonly OutsideLog[] {
  return logs
    .filter((log) => takesUntil(log, notAfter) && !((stateOf(log.id)?.leftAloneUntil ?? 0) > now.getTime()))
    .map((log) => ({
      log,
      failed: (stateOf(log.id)?.failures ?? 0) > 0 ? 1 : 0,
      draw: hash("sha256", `${serial}${log.id}`),
    }))
    .sort((a, b) => a.failed - b.failed || (a.draw < b.draw ? -1 : 1))
    .map(({ log }) => log);
}

/** What is remembered of a log. */
export interface LogHealth {
  /** Since it last answered. */
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly leftAloneUntil: number | null;
}

function operatorsOf(logs: readonly Operated[]): ReadonlySet<string> {
  return new Set(logs.map(({ operator }) => operator));
}
