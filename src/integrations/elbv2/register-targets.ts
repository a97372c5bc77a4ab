import { QUOTAS } from "#domain/balancers/quotas.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import { parseTarget, type Target } from "#domain/balancers/targets.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { enqueue } from "#jobs/queue.ts";
import { later, SECOND } from "#lib/duration.ts";
import type { Tx } from "#store/store.ts";
import { drainTarget, listTargets, nextDrainedAt, putTargets, removeDrainedTargets } from "#store/targets.ts";
import { attributesOfTargetGroup } from "./attributes.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldTargetGroup } from "./find.ts";
import { FORGET_DRAINED } from "./forget-drained.ts";
import { announceTargetGroup } from "./target-groups.ts";

/** A target as a request names it: without a port it has that of its target group. */
export interface NamedTarget {
  readonly id: string;
  readonly port: number | undefined;
}

/** Registers targets, draining ones again too. Throws `target-group-not-found`, `target-invalid`, `targets-too-many`. */
export async function registerTargets(
  arn: string,
  named: readonly NamedTarget[],
  owner: Owner,
  { store, clock, isOwnPort }: BalancerDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const group = await heldTargetGroup(tx, arn, owner);
    const targets = named.map((target) => readTarget(target, group));
    const own = targets.find((target) => isOwnPort?.(target));
    if (own) throw new Refusal("target-invalid", `${own.address}:${own.port} is Sealkeeper itself: it is no target`);
    if (targets.length === 0) throw new Refusal("balancer-input-invalid", "At least one target must be specified");
    await putTargets(tx, group.arn, unique(targets), clock.now().getTime());
    const registered = (await listTargets(tx, [group.arn])).filter(({ drainedAt }) => drainedAt === undefined);
    if (registered.length > QUOTAS.targetsPerGroup) {
      throw new Refusal("targets-too-many", `A target group can have up to ${QUOTAS.targetsPerGroup} targets`);
    }
    await announceTargetGroup(tx, group);
  });
}

/**
 * Ends the registration of targets: they get no new requests and drain for as long as the target group says. Those that
 * are not registered are no error. Throws `target-group-not-found`, `target-invalid`.
 */
export async function deregisterTargets(
  arn: string,
  named: readonly NamedTarget[],
  owner: Owner,
  { store, clock }: BalancerDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const group = await heldTargetGroup(tx, arn, owner);
    const targets = named.map((target) => readTarget(target, group));
    const now = clock.now();
    const drainedAt = later(now, drainingTime(group)).getTime();
    for (const target of unique(targets)) {
      await drainTarget(tx, group.arn, target, drainedAt);
    }
    await removeDrainedTargets(tx, group.arn, now.getTime());
    await promiseForgetting(tx, group);
    await announceTargetGroup(tx, group);
  });
}

/** A target as its target group has it: an address and a port. */
export function readTarget({ id, port }: NamedTarget, group: TargetGroup): Target {
  return parseTarget(id, port ?? group.port);
}

/** Where nothing is sent there is nothing to wait for. */
function drainingTime(group: TargetGroup): number {
  if (group.loadBalancerArn === undefined) return 0;
  return Number(attributesOfTargetGroup(group)["deregistration_delay.timeout_seconds"]) * SECOND;
}

async function promiseForgetting(tx: Tx, { arn }: TargetGroup): Promise<void> {
  const next = await nextDrainedAt(tx, arn);
  if (next !== undefined) await enqueue(tx, { task: FORGET_DRAINED, subject: arn }, new Date(next));
}

function unique(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [`${target.address}:${target.port}`, target])).values()];
}
