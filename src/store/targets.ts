import type { LoadBalancerArn } from "#domain/arn.ts";
import type { TargetGroupArn } from "#domain/balancers/arns.ts";
import type { RegisteredTarget, Target } from "#domain/balancers/targets.ts";
import type { TargetReport } from "#domain/edge-config.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Registers targets, those that are draining included. One that is registered already stays as it is. */
export async function putTargets(
  tx: Tx,
  targetGroupArn: TargetGroupArn,
  targets: readonly Target[],
  registeredAt: EpochMillis,
): Promise<void> {
  await tx
    .insertInto("targets")
    .values(targets.map(({ address, port }) => ({ targetGroupArn, address, port, registeredAt, drainedAt: null })))
    .onConflict((conflict) =>
      conflict
        .columns(["targetGroupArn", "address", "port"])
        .doUpdateSet({ registeredAt, drainedAt: null })
        .where("targets.drainedAt", "is not", null),
    )
    .execute();
}

/** Ends the registration of a target, which then drains until `drainedAt`. */
export async function drainTarget(
  tx: Tx,
  targetGroupArn: TargetGroupArn,
  { address, port }: Target,
  drainedAt: EpochMillis,
): Promise<void> {
  await tx
    .updateTable("targets")
    .set({ drainedAt })
    .where("targetGroupArn", "=", targetGroupArn)
    .where("address", "=", address)
    .where("port", "=", port)
    .where("drainedAt", "is", null)
    .execute();
}

/** Removes targets that have drained by `now`; whether there were any. */
export async function removeDrainedTargets(tx: Tx, targetGroupArn: TargetGroupArn, now: EpochMillis): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("targets")
    .where("targetGroupArn", "=", targetGroupArn)
    .where("drainedAt", "<=", now)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** When the next target will have drained; undefined when none drains. */
export async function nextDrainedAt(db: Db, targetGroupArn: TargetGroupArn): Promise<EpochMillis | undefined> {
  const row = await db
    .selectFrom("targets")
    .select("drainedAt")
    .where("targetGroupArn", "=", targetGroupArn)
    .where("drainedAt", "is not", null)
    .orderBy("drainedAt")
    .limit(1)
    .executeTakeFirst();
  return row?.drainedAt ?? undefined;
}

/** The targets of target groups, draining ones included, by address and port. */
export async function listTargets(db: Db, targetGroupArns: readonly TargetGroupArn[]): Promise<RegisteredTarget[]> {
  if (targetGroupArns.length === 0) return [];
  const rows = await db
    .selectFrom("targets")
    .select(["targetGroupArn", "address", "port", "registeredAt", "drainedAt"])
    .where("targetGroupArn", "in", targetGroupArns)
    .orderBy("address")
    .orderBy("port")
    .execute();
  return rows.map((row) => ({
    targetGroupArn: row.targetGroupArn as TargetGroupArn,
    address: row.address,
    port: row.port,
    registeredAt: new Date(row.registeredAt),
    drainedAt: row.drainedAt === null ? undefined : new Date(row.drainedAt),
  }));
}

/** What an edge last said of a target, and when it was last heard of. */
export interface KeptReport extends TargetReport {
  readonly at: Date;
  readonly edgeSeenAt: Date;
}

/** What edges said of the targets of a target group, as targets of that load balancer. */
export async function listTargetReports(
  db: Db,
  targetGroupArn: TargetGroupArn,
  loadBalancerArn: LoadBalancerArn,
): Promise<KeptReport[]> {
  const rows = await db
    .selectFrom("edgeTargets")
    .innerJoin("edges", "edges.edge", "edgeTargets.edge")
    .select(["targetGroupArn", "address", "port", "state", "reason", "description", "at", "seenAt"])
    .where("targetGroupArn", "=", targetGroupArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .execute();
  return rows.map(({ state, reason, description, at, seenAt, ...target }) => ({
    ...target,
    state: state as TargetReport["state"],
    ...(reason === null ? {} : { reason }),
    ...(description === null ? {} : { description }),
    at: new Date(at),
    edgeSeenAt: new Date(seenAt),
  }));
}
