import type { EdgeHealthCheck, EdgeTarget, EdgeTargetGroup, TargetReport } from "#domain/edge-config.ts";
import { SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { afterCheck, type Failure, type Health, inWords, UNCHECKED } from "./health.ts";
import { checkTarget } from "./health-check.ts";
import { targetKey } from "./target-choice.ts";

/** Watches the targets of one load balancer. */
export interface HealthBoard {
  /** Begins to watch new targets, and forgets those that are gone. */
  configure(groups: readonly EdgeTargetGroup[]): void;
  isHealthy(group: EdgeTargetGroup, target: EdgeTarget): boolean;
  report(): readonly TargetReport[];
  stop(): void;
}

export interface HealthBoardDeps {
  readonly timers: Timers;
  /** Something in `report` changed. */
  readonly onChange: () => void;
  /** For tests that do not want to look at real targets. */
  readonly check?: (check: EdgeHealthCheck, target: EdgeTarget) => Promise<Failure | undefined>;
}

export function healthBoard({ timers, onChange, check }: HealthBoardDeps): HealthBoard {
  const watched = new Map<string, Watched>();
  const look = check ?? ((healthCheck, target) => checkTarget(healthCheck, target, { timers }));

  const watch = (key: string): void => {
    const seen = watched.get(key);
    if (!seen?.group.healthCheck.enabled) return;
    const { healthCheck } = seen.group;
    void look(healthCheck, seen.target).then((failure) => {
      if (watched.get(key) !== seen) return; // it left, or came back as another
      const before = seen.health;
      seen.health = afterCheck(before, failure, seen.group.healthCheck);
      seen.cancel = timers.after(seen.group.healthCheck.intervalSeconds * SECOND, () => watch(key));
      if (JSON.stringify(inWords(before, false)) !== JSON.stringify(inWords(seen.health, false))) onChange();
    });
  };

  return {
    configure(groups) {
      const wanted = new Set<string>();
      for (const group of groups) {
        for (const target of group.targets) {
          const key = targetKey(group.arn, target);
          wanted.add(key);
          const known = watched.get(key);
          const sameCheck = JSON.stringify(known?.group.healthCheck) === JSON.stringify(group.healthCheck);
          if (known && sameCheck) {
            Object.assign(known, { group, target });
            continue;
          }
          known?.cancel();
          watched.set(key, { group, target, health: known?.health ?? UNCHECKED, cancel: () => {} });
          watch(key);
        }
      }
      for (const [key, { cancel }] of watched) {
        if (wanted.has(key)) continue;
        cancel();
        watched.delete(key);
      }
      onChange();
    },
    // A target that is not checked counts as healthy.
    isHealthy(group, target) {
      return !group.healthCheck.enabled || watched.get(targetKey(group.arn, target))?.health.state === "healthy";
    },
    report: () =>
      [...watched.values()].map(({ group, target, health }) => ({
        targetGroupArn: group.arn,
        address: target.address,
        port: target.port,
        ...inWords(group.healthCheck.enabled ? health : { state: "healthy", streak: 0 }, target.draining),
      })),
    stop() {
      for (const { cancel } of watched.values()) cancel();
      watched.clear();
    },
  };
}

interface Watched {
  group: EdgeTargetGroup;
  target: EdgeTarget;
  health: Health;
  cancel: () => void;
}
