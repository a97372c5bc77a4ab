import { type TargetHealth, targetHealth } from "#domain/balancers/target-health.ts";
import type { Target } from "#domain/balancers/targets.ts";
import type { Owner } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis } from "#lib/duration.ts";
import type { Store } from "#store/store.ts";
import { listTargetReports, listTargets } from "#store/targets.ts";
import { targetGroupOf } from "./find.ts";
import { type NamedTarget, readTarget } from "./register-targets.ts";

export interface TargetHealthDescription extends TargetHealth {
  readonly target: Target;
  readonly healthCheckPort: number;
}

/** The health of the targets named, or of all. Throws `target-group-not-found`, `target-invalid`. */
export async function findTargetHealth(
  arn: string,
  named: readonly NamedTarget[],
  owner: Owner,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<readonly TargetHealthDescription[]> {
  const group = await targetGroupOf(store, arn, owner);
  const present = await listTargets(store, [group.arn]);
  const { loadBalancerArn } = group;
  const reports = loadBalancerArn === undefined ? [] : await listTargetReports(store, group.arn, loadBalancerArn);
  const silentSince = later(clock.now(), -LONGEST_SILENCE);
  const asked = named.length > 0 ? named.map((target) => readTarget(target, group)) : present;
  return asked.map(({ address, port }) => {
    const is = (other: Target): boolean => other.address === address && other.port === port;
    const row = present.find(is);
    const health = targetHealth({
      registered: row !== undefined,
      draining: row?.drainedAt !== undefined,
      inUse: loadBalancerArn !== undefined,
      // What was seen before it was registered (again) says nothing.
      reports: reports
        .filter((report) => is(report) && row !== undefined && report.at >= row.registeredAt)
        .map((report) => ({ ...report, current: report.edgeSeenAt >= silentSince })),
    });
    const { port: checked } = group.healthCheck;
    return {
      target: { address, port },
      healthCheckPort: checked === "traffic-port" ? port : Number(checked),
      ...health,
    };
  });
}

/** Edges say every few seconds that they are there. */
const LONGEST_SILENCE: Millis = MINUTE;
