import { sql } from "kysely";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { DeploymentState } from "#domain/deployment/deployment.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export interface Deployment {
  readonly certificateArn: CertificateArn;
  readonly loadBalancerArn: LoadBalancerArn;
  readonly generation: number;
  readonly previous: number | null;
  readonly state: DeploymentState;
  readonly startedAt: EpochMillis;
  readonly changedAt: EpochMillis;
  readonly looks: number;
  readonly attempts: number;
  readonly problem: string | null;
}

/** A version begins to be deployed on a load balancer; what was known of an earlier one is forgotten. */
export async function beginDeployment(
  tx: Tx,
  { certificateArn, loadBalancerArn, generation, previous, at }: NewDeployment,
): Promise<void> {
  const fresh = {
    generation,
    previous,
    state: "IN_PROGRESS",
    startedAt: at,
    changedAt: at,
    looks: 0,
    attempts: 0,
    problem: null,
  } as const;
  await tx
    .insertInto("deployments")
    .values({ certificateArn, loadBalancerArn, ...fresh })
    .onConflict((conflict) => conflict.columns(["certificateArn", "loadBalancerArn"]).doUpdateSet(fresh))
    .execute();
}

export interface NewDeployment {
  readonly certificateArn: CertificateArn;
  readonly loadBalancerArn: LoadBalancerArn;
  readonly generation: number;
  readonly previous: number | null;
  readonly at: EpochMillis;
}

export async function findDeployment(
  db: Db,
  certificateArn: CertificateArn,
  loadBalancerArn: LoadBalancerArn,
): Promise<Deployment | undefined> {
  const row = await db
    .selectFrom("deployments")
    .select(COLUMNS)
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .executeTakeFirst();
  return row && { ...row, loadBalancerArn };
}

/** A certificate's deployments, by load balancer. */
export async function listDeployments(db: Db, certificateArn: CertificateArn): Promise<Deployment[]> {
  const rows = await db
    .selectFrom("deployments")
    .select(COLUMNS)
    .where("certificateArn", "=", certificateArn)
    .orderBy("loadBalancerArn")
    .execute();
  return rows.map((row) => ({ ...row, loadBalancerArn: row.loadBalancerArn as LoadBalancerArn }));
}

/** Those of `certificateArns` on that load balancer whose deployment is still being followed. */
export async function openDeployments(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  certificateArns: readonly CertificateArn[],
): Promise<CertificateArn[]> {
  if (certificateArns.length === 0) return [];
  const rows = await db
    .selectFrom("deployments")
    .select("certificateArn")
    .where("certificateArn", "in", certificateArns)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("state", "<>", "DEPLOYED")
    .execute();
  return rows.map(({ certificateArn }) => certificateArn);
}

/** The certificates on a load balancer whose deployment is still being followed, by ARN, those after `after`. */
export async function openDeploymentsOf(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  after: string,
  limit: number,
): Promise<CertificateArn[]> {
  const rows = await db
    .selectFrom("deployments")
    .select("certificateArn")
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("certificateArn", ">", after as CertificateArn)
    .where("state", "<>", sql.lit("DEPLOYED" as const))
    .orderBy("certificateArn")
    .limit(limit)
    .execute();
  return rows.map(({ certificateArn }) => certificateArn);
}

/** Notes one more look that did not end it. */
export async function noteLook(
  db: Db,
  { certificateArn, loadBalancerArn, generation }: Of,
  problem: string,
): Promise<void> {
  await db
    .updateTable("deployments")
    .set((row) => ({ looks: row("looks", "+", 1), problem }))
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("generation", "=", generation)
    .execute();
}

/** Moves a deployment of exactly that version on; false when it is not in `from` any more. */
export async function moveDeployment(
  tx: Tx,
  { certificateArn, loadBalancerArn, generation }: Of,
  { from, to, problem, at }: Move,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("deployments")
    .set((row) => ({
      state: to,
      problem: problem ?? null,
      changedAt: at,
      looks: 0,
      ...(to === "IN_PROGRESS" ? { startedAt: at } : {}),
      ...(to === "ROLLED_BACK" ? { attempts: row("attempts", "+", 1) } : {}),
    }))
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("generation", "=", generation)
    .where("state", "=", from)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** A certificate is on a load balancer no longer. */
export async function removeDeployment(tx: Tx, certificateArn: CertificateArn, loadBalancerArn: string): Promise<void> {
  for (const table of ["deployments", "edgeSightings", "edgeRefusals"] as const) {
    await tx
      .deleteFrom(table)
      .where("certificateArn", "=", certificateArn)
      .where("loadBalancerArn", "=", loadBalancerArn)
      .execute();
  }
}

type Of = Pick<Deployment, "certificateArn" | "loadBalancerArn" | "generation">;

interface Move {
  readonly from: DeploymentState;
  readonly to: DeploymentState;
  readonly problem?: string;
  readonly at: EpochMillis;
}

const COLUMNS = [
  "certificateArn",
  "loadBalancerArn",
  "generation",
  "previous",
  "state",
  "startedAt",
  "changedAt",
  "looks",
  "attempts",
  "problem",
] as const;
