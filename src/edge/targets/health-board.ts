import type { EdgeTarget, EdgeTargetGroup, TargetReport } from "#domain/edge-config.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { evenHash } from "#lib/even-hash.ts";
import type { Timers } from "#lib/timers.ts";
import { afterCheck, type Health, inWords, reportedHealth, UNCHECKED, UNUSED } from "./health.ts";
import { type CheckOutcome, checkTarget } from "./health-check.ts";
import { type HealthSource, healthKey } from "./health-source.ts";

/** Watches the targets of one load balancer. */
export interface HealthBoard extends HealthSource {
  /**
   * Begins to watch new targets, and forgets those that are gone. Target groups that are not among `inUse` (all, unless
   * told) are not checked: no listener forwards to them.
   */
  configure(groups: readonly EdgeTargetGroup[], inUse?: ReadonlySet<string>): void;
  report(): readonly TargetReport[];
  stop(): void;
}

export interface HealthBoardDeps {
  readonly timers: Timers;
  /** Something in `report` changed. */
  readonly onChange: () => void;
  /** Who wants to know of each check: for the health check log. */
  readonly log?: { readonly clock: Clock; readonly checked: (check: LoggedCheck) => void };
  /** For tests that do not want to look at real targets. */
  readonly check?: (group: EdgeTargetGroup, target: EdgeTarget) => Promise<CheckOutcome>;
}

export interface LoggedCheck extends CheckOutcome {
  readonly group: EdgeTargetGroup;
  readonly target: EdgeTarget;
  readonly at: Millis;
  readonly took: Millis;
}

/** `before` is what was reported by who checked the targets until now: those of the first configuration go on from it. */
export function healthBoard(
  { timers, onChange, log, check }: HealthBoardDeps,
  before: readonly TargetReport[] = [],
): HealthBoard {
  const watched = new Map<string, Watched>();
  const reported = new Map(before.map((one) => [healthKey({ arn: one.targetGroupArn }, one), reportedHealth(one)]));
  const hearers = new Set<(targetGroupArn: string) => void>();
  const look = check ?? ((group, target) => checkTarget(group, target, { timers }));
  const due: Watched[] = [];
  let pacing: (() => void) | undefined;

  const isWatched = (one: Watched): boolean => watched.get(one.key) === one;
  /** A new target is looked at once, then somewhere within its interval, then each interval, however long a look takes. */
  const begin = (one: Watched): void => {
    if (!isWatched(one)) return;
    if (one.looks > 0) one.cancel = timers.after(one.group.healthCheck.intervalSeconds * SECOND, () => begin(one));
    one.looks += 1;
    const { group, target } = one;
    const at = log?.clock.now().getTime() ?? 0;
    void look(group, target).then((outcome) => {
      if (!isWatched(one)) return; // it left, or came back as another
      if (log) log.checked({ ...outcome, group, target, at, took: log.clock.now().getTime() - at });
      take(one, outcome);
      if (one.looks > 1) return;
      const interval = one.group.healthCheck.intervalSeconds * SECOND;
      one.cancel = timers.after(interval * (0.5 + evenHash(one.key) / 2), () => begin(one));
      one.looks += 1;
    });
  };
  const take = (one: Watched, { failure }: CheckOutcome): void => {
    const before = one.health;
    one.health = afterCheck(before, failure, one.group.healthCheck);
    if (before.state !== one.health.state) for (const act of hearers) act(one.group.arn);
    if (JSON.stringify(inWords(before, false)) !== JSON.stringify(inWords(one.health, false))) onChange();
  };
  /** A thousand new targets are not looked at all at once. */
  const pump = (): void => {
    pacing = undefined;
    for (const one of due.splice(0, AT_ONCE)) begin(one);
    if (due.length > 0) pacing = timers.after(PACE, pump);
  };

  return {
    configure(groups, inUse) {
      const wanted = new Set<string>();
      for (const group of groups) {
        const used = inUse?.has(group.arn) ?? true;
        for (const target of group.targets) {
          const key = healthKey(group, target);
          wanted.add(key);
          const known = watched.get(key);
          if (known && known.used === used && sameCheck(known.group, group)) {
            known.group = group;
            known.target = target;
            continue;
          }
          known?.cancel();
          const fresh: Watched = {
            key,
            group,
            target,
            used,
            health: used ? (known?.health ?? reported.get(key) ?? UNCHECKED) : UNCHECKED,
            looks: 0,
            cancel: () => {},
          };
          watched.set(key, fresh);
          if (used && group.healthCheck.enabled) due.push(fresh);
        }
      }
      for (const [key, { cancel }] of watched) {
        if (wanted.has(key)) continue;
        cancel();
        watched.delete(key);
      }
      reported.clear();
      if (!pacing) pump();
      onChange();
    },
    isHealthy(group, target) {
      return !group.healthCheck.enabled || watched.get(healthKey(group, target))?.health.state === "healthy";
    },
    onHealth(act) {
      hearers.add(act);
      return () => hearers.delete(act);
    },
    report: () => [...watched.values()].map(reportOf),
    stop() {
      pacing?.();
      due.length = 0;
      for (const { cancel } of watched.values()) cancel();
      watched.clear();
    },
  };
}

interface Watched {
  readonly key: string;
  group: EdgeTargetGroup;
  target: EdgeTarget;
  /** A listener forwards to its target group. */
  readonly used: boolean;
  health: Health;
  looks: number;
  cancel: () => void;
}

function reportOf({ group, target, health, used }: Watched): TargetReport {
  const words = used
    ? inWords(group.healthCheck.enabled ? health : { state: "healthy", streak: 0 }, target.draining)
    : UNUSED;
  return { targetGroupArn: group.arn, address: target.address, port: target.port, ...words };
}

function sameCheck(a: EdgeTargetGroup, b: EdgeTargetGroup): boolean {
  return a.protocolVersion === b.protocolVersion && JSON.stringify(a.healthCheck) === JSON.stringify(b.healthCheck);
}

const AT_ONCE = 16;
const PACE: Millis = 10;
