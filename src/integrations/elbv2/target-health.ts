import type { TargetGroup } from "#domain/balancers/target-group.ts";
import { type TargetHealth, targetHealth } from "#domain/balancers/target-health.ts";
import type { RegisteredTarget, Target } from "#domain/balancers/targets.ts";
import type { Owner } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis } from "#lib/duration.ts";
import type { Store } from "#store/store.ts";
import { type KeptReport, listTargetReports, listTargets } from "#store/targets.ts";
import { targetGroupOf } from "./find.ts";
import { addressesOf } from "./places.ts";
import { type NamedTarget, readTarget } from "./register-targets.ts";

export interface TargetHealthDescription extends TargetHealth {
  readonly target: Target & Pick<RegisteredTarget, "zone">;
  readonly healthCheckPort: number;
}

/** The health of the targets named, or of all. Throws `target-group-not-found`, `target-invalid`. */
export async function findTargetHealth(
  arn: string,
  named: readonly NamedTarget[],
  owner: Owner,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<{ readonly group: TargetGroup; readonly targets: readonly TargetHealthDescription[] }> {
  const group = await targetGroupOf(store, arn, owner);
  const present = await listTargets(store, [group.arn]);
  const { loadBalancerArn } = group;
  const reports = loadBalancerArn === undefined ? [] : await listTargetReports(store, group.arn, loadBalancerArn);
  const silentSince = later(clock.now(), -LONGEST_SILENCE);
  const asked = named.length > 0 ? named.map((target) => readTarget(target, group)) : present;
  const addresses = await addressesOf(store, group.targetType, asked, group);
  const byPlace = Map.groupBy(reports, ({ address, port }: KeptReport) => `${address} ${port}`);
  const byTarget = new Map(present.map((target) => [`${target.id} ${target.port}`, target]));
  const targets = asked.map(({ id, port }) => {
    const row = byTarget.get(`${id} ${port}`);
    const at = addresses.get(id) ?? [];
    const health = targetHealth({
      registered: row !== undefined,
      somewhere: at.length > 0,
      draining: row?.drainedAt !== undefined,
      inUse: loadBalancerArn !== undefined,
      // What was seen before it was registered (again) says nothing.
      reports: at
        .flatMap((address) => byPlace.get(`${address} ${port}`) ?? [])
        .filter(({ at }) => row !== undefined && at >= row.registeredAt)
        .map((report) => ({ ...report, current: report.edgeSeenAt >= silentSince })),
    });
    const { port: checked } = group.healthCheck;
    return {
      target: { id, port, zone: row?.zone },
      healthCheckPort: checked === "traffic-port" ? port : Number(checked),
      ...health,
    };
  });
  return { group, targets };
}

/** Edges say every few seconds that they are there. */
const LONGEST_SILENCE: Millis = MINUTE;
