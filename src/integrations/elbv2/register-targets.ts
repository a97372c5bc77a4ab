import type { LoadBalancerArn } from "#domain/arn.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import { checkTargetId, checkTargetZone, type Target } from "#domain/balancers/targets.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { enqueue } from "#jobs/queue.ts";
import { later, SECOND } from "#lib/duration.ts";
import { findListenerOnPort } from "#store/listeners.ts";
import type { Tx } from "#store/store.ts";
import { countTargets, drainTarget, nextDrainedAt, putTargets, removeDrainedTargets } from "#store/targets.ts";
import { attributesOfTargetGroup } from "./attributes.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldTargetGroup, loadBalancerOf } from "./find.ts";
import { FORGET_DRAINED } from "./forget-drained.ts";
import { addressesOf } from "./places.ts";
import { announceTargetGroup } from "./target-groups.ts";

/** A target as a request names it: without a port it has that of its target group. */
export interface NamedTarget {
  readonly id: string;
  readonly port: number | undefined;
  readonly zone: string | undefined;
}

/** Registers targets, draining ones again too. Throws `target-group-not-found`, `target-invalid`, `targets-too-many`. */
export async function registerTargets(
  arn: string,
  named: readonly NamedTarget[],
  owner: Owner,
  { store, clock, isOwnPort, balancerQuotas }: BalancerDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const group = await heldTargetGroup(tx, arn, owner);
    const targets = unique(named.map((target) => ({ ...readTarget(target, group), zone: target.zone })));
    if (targets.length === 0) throw new Refusal("balancer-input-invalid", "At least one target must be specified");
    for (const { zone } of targets) checkTargetZone(group.targetType, zone, group.region);
    await checkPlaces(tx, group, targets, isOwnPort);
    await putTargets(tx, group.arn, targets, clock.now().getTime());
    await checkCount(tx, group, balancerQuotas.targetsPerGroup);
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

/** A target as its target group has it: an id of its target type and a port. */
export function readTarget({ id, port }: NamedTarget, group: TargetGroup): Target {
  checkTargetId(group.targetType, id);
  return { id, port: port ?? group.port };
}

/** Targets that drain do not count, unless there are as many of them again: edges are told of all. */
async function checkCount(tx: Tx, { arn, targetType }: TargetGroup, quota: number): Promise<void> {
  const most = targetType === "alb" ? 1 : quota;
  if ((await countTargets(tx, arn, { draining: false }, most + 1)) > most) {
    throw new Refusal(
      "targets-too-many",
      `A target group of the target type '${targetType}' can have up to ${most} targets`,
    );
  }
  if ((await countTargets(tx, arn, { draining: true }, 2 * quota + 1)) > 2 * quota) {
    throw new Refusal("targets-too-many", "Too many targets of the target group drain: wait until they have");
  }
}

/** Whether there is something behind each id, and whether it may be sent requests. */
async function checkPlaces(
  tx: Tx,
  group: TargetGroup,
  targets: readonly Target[],
  isOwnPort: BalancerDeps["isOwnPort"],
): Promise<void> {
  if (group.targetType === "alb") {
    for (const target of targets) await checkBalancer(tx, group, target);
  }
  const addresses = await addressesOf(tx, group.targetType, targets, group);
  for (const { id, port } of targets) {
    const found = addresses.get(id);
    if (!found) {
      throw new Refusal(
        "target-invalid",
        `The instance '${id}' is not known in ${group.region}: register its host first`,
      );
    }
    const own = found.find((address) => isOwnPort?.({ address, port }));
    if (own !== undefined) {
      throw new Refusal("target-invalid", `${own}:${port} is Sealkeeper itself: it is no target`);
    }
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html */
async function checkBalancer(tx: Tx, group: TargetGroup, { id, port }: Target): Promise<void> {
  if (port !== group.port) {
    throw new Refusal("target-invalid", `The port '${port}' must be that of the target group, '${group.port}'`);
  }
  await loadBalancerOf(tx, id, group).catch((error: unknown) => {
    if (!(error instanceof Refusal && error.code === "balancer-not-found")) throw error;
    throw new Refusal("target-invalid", `The load balancer '${id}' does not exist`);
  });
  if (!(await findListenerOnPort(tx, id as LoadBalancerArn, port))) {
    throw new Refusal("target-invalid", `The load balancer '${id}' has no listener on port ${port}`);
  }
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

function unique<Named extends Target>(targets: readonly Named[]): readonly Named[] {
  return [...new Map(targets.map((target) => [`${target.id} ${target.port}`, target])).values()];
}
