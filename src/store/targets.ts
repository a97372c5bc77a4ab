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
  targets: readonly (Target & Pick<RegisteredTarget, "zone">)[],
  registeredAt: EpochMillis,
): Promise<void> {
  await tx
    .insertInto("targets")
    .values(
      targets.map(({ id, port, zone }) => ({
        targetGroupArn,
        id,
        port,
        zone: zone ?? null,
        registeredAt,
        drainedAt: null,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["targetGroupArn", "id", "port"])
        .doUpdateSet((row) => ({ registeredAt, drainedAt: null, zone: row.ref("excluded.zone") }))
        .where("targets.drainedAt", "is not", null),
    )
    .execute();
}

/** Ends the registration of a target, which then drains until `drainedAt`. */
export async function drainTarget(
  tx: Tx,
  targetGroupArn: TargetGroupArn,
  { id, port }: Target,
  drainedAt: EpochMillis,
): Promise<void> {
  await tx
    .updateTable("targets")
    .set({ drainedAt })
    .where("targetGroupArn", "=", targetGroupArn)
    .where("id", "=", id)
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

/** The targets of target groups, draining ones included, by id and port. */
export async function listTargets(db: Db, targetGroupArns: readonly TargetGroupArn[]): Promise<RegisteredTarget[]> {
  if (targetGroupArns.length === 0) return [];
  const rows = await db
    .selectFrom("targets")
    .select(["targetGroupArn", "id", "port", "zone", "registeredAt", "drainedAt"])
    .where("targetGroupArn", "in", targetGroupArns)
    .orderBy("id")
    .orderBy("port")
    .execute();
  return rows.map((row) => ({
    targetGroupArn: row.targetGroupArn as TargetGroupArn,
    id: row.id,
    port: row.port,
    zone: row.zone ?? undefined,
    registeredAt: new Date(row.registeredAt),
    drainedAt: row.drainedAt === null ? undefined : new Date(row.drainedAt),
  }));
}

/** How many targets of a target group there are, with or without draining ones, counted no further than to `most`. */
export async function countTargets(
  db: Db,
  targetGroupArn: TargetGroupArn,
  { draining }: { readonly draining: boolean },
  most: number,
): Promise<number> {
  const { found } = await db
    .selectFrom((from) =>
      from
        .selectFrom("targets")
        .select("id")
        .where("targetGroupArn", "=", targetGroupArn)
        .$if(!draining, (query) => query.where("drainedAt", "is", null))
        .limit(most)
        .as("some"),
    )
    .select((row) => row.fn.countAll<number | string>().as("found"))
    .executeTakeFirstOrThrow();
  return Number(found);
}

/** A target group where a target of that id is registered; undefined when none is. */
export async function findGroupWithTarget(db: Db, id: string): Promise<TargetGroupArn | undefined> {
  const row = await db
    .selectFrom("targets")
    .select("targetGroupArn")
    .where("id", "=", id)
    .where("drainedAt", "is", null)
    .limit(1)
    .executeTakeFirst();
  return row?.targetGroupArn as TargetGroupArn | undefined;
}

/** The target groups that have a target of that id, draining or not, by ARN, those after `after`, with their load balancers. */
export async function listGroupsWithTarget(
  db: Db,
  id: string,
  after: string | undefined,
  limit: number,
): Promise<{ readonly targetGroupArn: TargetGroupArn; readonly loadBalancerArn: LoadBalancerArn | undefined }[]> {
  const rows = await db
    .selectFrom("targets")
    .innerJoin("targetGroups", "targetGroups.arn", "targets.targetGroupArn")
    .select(["targets.targetGroupArn", "targetGroups.loadBalancerArn"])
    .distinct()
    .where("targets.id", "=", id)
    .where("targets.targetGroupArn", ">", after ?? "")
    .orderBy("targets.targetGroupArn")
    .limit(limit)
    .execute();
  return rows.map(({ targetGroupArn, loadBalancerArn }) => ({
    targetGroupArn: targetGroupArn as TargetGroupArn,
    loadBalancerArn: (loadBalancerArn as LoadBalancerArn | null) ?? undefined,
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
