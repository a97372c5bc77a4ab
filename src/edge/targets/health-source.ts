import type { EdgeTarget, EdgeTargetGroup, TargetReport } from "#domain/edge-config.ts";

/** Who knows the health of targets: the board that checks them, or one that is told by the process that does. */
export interface HealthSource {
  /** Whether requests may be sent there. Targets that are not checked are healthy. */
  isHealthy(group: EdgeTargetGroup, target: EdgeTarget): boolean;
  /** Tells when that changes for targets of a target group; answers the way to stop that. */
  onHealth(act: (targetGroupArn: string) => void): () => void;
}

/** Health as another process of the same edge sees it: only one of them checks. */
export interface ToldHealth extends HealthSource {
  /** Everything that a `HealthBoard` there reports of one load balancer. */
  tell(reports: readonly TargetReport[]): void;
  /** What was told last. */
  readonly reports: readonly TargetReport[];
}

export function toldHealth(): ToldHealth {
  let last: readonly TargetReport[] = [];
  let healthy: ReadonlySet<string> = new Set();
  const hearers = new Set<(targetGroupArn: string) => void>();
  return {
    tell(reports) {
      const now = new Set<string>();
      const changed = new Set<string>();
      for (const { targetGroupArn, state, ...where } of reports) {
        const key = healthKey({ arn: targetGroupArn }, where);
        if (state === "healthy") now.add(key);
        if (healthy.has(key) !== now.has(key)) changed.add(targetGroupArn);
      }
      healthy = now;
      last = reports;
      for (const arn of changed) for (const act of hearers) act(arn);
    },
    get reports() {
      return last;
    },
    isHealthy: (group, target) => !group.healthCheck.enabled || healthy.has(healthKey(group, target)),
    onHealth(act) {
      hearers.add(act);
      return () => hearers.delete(act);
    },
  };
}

/** What tells a target from every other one of a load balancer. */
export function healthKey(
  { arn }: Pick<EdgeTargetGroup, "arn">,
  { address, port }: Pick<EdgeTarget, "address" | "port">,
): string {
  return `${arn} ${address} ${port}`;
}
