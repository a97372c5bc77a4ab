import { takesUntil } from "#ca/transparency/outside/log-list.ts";
import type { OutsideLogs } from "#ca/transparency/outside/outside-logs.ts";
import { isEnough } from "#ca/transparency/outside/policy.ts";
import { LEAF_VALIDITY } from "#domain/certificate/validity.ts";
import type { Clock } from "#lib/clock.ts";
import { later } from "#lib/duration.ts";
import type { Logger } from "./log.ts";

/**
 * Says at the start which logs of others are told of certificates; and warns where too few of them take what is signed
 * today, as a list of logs does that is a year old.
 */
export function noteOutsideLogs(
  { logs, policy }: Pick<OutsideLogs, "logs" | "policy">,
  clock: Clock,
  log: Logger,
): void {
  const end = later(clock.now(), LEAF_VALIDITY);
  const taking = logs.filter((one) => takesUntil(one, end));
  const about = { logs: logs.length, needed: policy.needed, operators: policy.operators, missing: policy.missing };
  if (isEnough(taking, policy)) log.info(about, "logs of others are told of certificates before they are signed");
  else {
    const until = end.toISOString().slice(0, 10);
    log.warn(
      { ...about, taking: taking.length },
      `too few logs of the list take certificates that end ${until}: get a newer list`,
    );
  }
}
