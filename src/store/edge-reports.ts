import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { TargetReport } from "#domain/edge-config.ts";
import type { ListenerReport } from "#domain/edge-messages.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Where an edge listens for a load balancer: takes the place of what it said before. */
export async function putListenerReports(
  tx: Tx,
  { edge, loadBalancerArn, at }: Report,
  listeners: readonly ListenerReport[],
): Promise<void> {
  await tx
    .deleteFrom("edgeListeners")
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("edge", "=", edge)
    .execute();
  if (listeners.length === 0) return;
  await tx
    .insertInto("edgeListeners")
    .values(listeners.map((listener) => ({ ...listener, error: listener.error ?? null, edge, loadBalancerArn, at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What an edge sees of a load balancer's targets: takes the place of what it said before. */
export async function putTargetReports(
  tx: Tx,
  { edge, loadBalancerArn, at }: Report,
  targets: readonly TargetReport[],
): Promise<void> {
  await tx.deleteFrom("edgeTargets").where("loadBalancerArn", "=", loadBalancerArn).where("edge", "=", edge).execute();
  for (let first = 0; first < targets.length; first += ROWS_AT_ONCE) {
    const rows = targets.slice(first, first + ROWS_AT_ONCE).map((target) => ({
      edge,
      loadBalancerArn,
      targetGroupArn: target.targetGroupArn,
      address: target.address,
      port: target.port,
      state: target.state,
      reason: target.reason ?? null,
      description: target.description ?? null,
      at,
    }));
    await tx
      .insertInto("edgeTargets")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** An edge serves these versions from now on. */
export async function putServing(
  db: Db,
  { edge, loadBalancerArn, at }: Report,
  certificates: readonly { readonly certificateArn: CertificateArn; readonly serial: string }[],
): Promise<void> {
  if (certificates.length === 0) return;
  await db
    .insertInto("edgeCertificates")
    .values(certificates.map(({ certificateArn, serial }) => ({ edge, loadBalancerArn, certificateArn, serial, at })))
    .onConflict((conflict) =>
      conflict
        .columns(["certificateArn", "loadBalancerArn", "edge"])
        .doUpdateSet((row) => ({ serial: row.ref("excluded.serial"), at }))
        .whereRef("edgeCertificates.serial", "<>", "excluded.serial"),
    )
    .execute();
}

/** An edge begins to say anew what it serves. */
export async function removeAllServing(db: Db, edge: string): Promise<void> {
  await db.deleteFrom("edgeCertificates").where("edge", "=", edge).execute();
}

/** An edge forgot a key. Whether it had said that it serves with it. */
export async function removeServing(
  db: Db,
  { edge, loadBalancerArn }: Omit<Report, "at">,
  certificateArn: CertificateArn,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("edgeCertificates")
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("edge", "=", edge)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Forgets what an edge said of a load balancer that is gone. */
export async function removeReports(tx: Tx, { edge, loadBalancerArn }: Omit<Report, "at">): Promise<void> {
  for (const table of TABLES) {
    await tx.deleteFrom(table).where("loadBalancerArn", "=", loadBalancerArn).where("edge", "=", edge).execute();
  }
}

/** The load balancers that an edge said something of. */
export async function reportedBalancers(db: Db, edge: string): Promise<LoadBalancerArn[]> {
  const rows = await db
    .selectFrom("edgeListeners")
    .select("loadBalancerArn")
    .where("edge", "=", edge)
    .union(db.selectFrom("edgeTargets").select("loadBalancerArn").where("edge", "=", edge))
    .union(db.selectFrom("edgeCertificates").select("loadBalancerArn").where("edge", "=", edge))
    .execute();
  return rows.map(({ loadBalancerArn }) => loadBalancerArn as LoadBalancerArn);
}

/** Where edges listen for a load balancer's listeners. */
export async function listListenerReports(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
): Promise<(ListenerReport & { readonly edge: string })[]> {
  const rows = await db
    .selectFrom("edgeListeners")
    .select(["edge", "listenerArn", "address", "port", "error"])
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("listenerArn")
    .orderBy("edge")
    .execute();
  return rows.map(({ error, ...row }) => ({ ...row, ...(error === null ? {} : { error }) }));
}

/** Which version of a certificate each edge serves, for each load balancer. */
export async function listServing(
  db: Db,
  certificateArn: CertificateArn,
): Promise<{ readonly edge: string; readonly loadBalancerArn: LoadBalancerArn; readonly serial: string }[]> {
  const rows = await db
    .selectFrom("edgeCertificates")
    .select(["edge", "loadBalancerArn", "serial"])
    .where("certificateArn", "=", certificateArn)
    .orderBy("loadBalancerArn")
    .orderBy("edge")
    .execute();
  return rows.map((row) => ({ ...row, loadBalancerArn: row.loadBalancerArn as LoadBalancerArn }));
}

/** Whose report, on what, received when. */
export interface Report {
  readonly edge: string;
  readonly loadBalancerArn: LoadBalancerArn;
  readonly at: EpochMillis;
}

const TABLES = ["edgeListeners", "edgeTargets", "edgeCertificates", "edgeSightings", "edgeRefusals"] as const;
const ROWS_AT_ONCE = 500;
