import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** What a handshake with one listener of one edge showed. */
export interface StoredSighting {
  readonly edge: string;
  readonly listenerArn: string;
  readonly serial: string | null;
  readonly problem: string | null;
  readonly at: EpochMillis;
}

/** Notes what was seen; it takes the place of what was seen there before. */
export async function putSighting(
  db: Db,
  { certificateArn, loadBalancerArn, edge, listenerArn, serial, problem, at }: StoredSighting & OnBalancer,
): Promise<void> {
  await db
    .insertInto("edgeSightings")
    .values({ certificateArn, loadBalancerArn, edge, listenerArn, serial, problem, at })
    .onConflict((conflict) =>
      conflict
        .columns(["certificateArn", "loadBalancerArn", "edge", "listenerArn"])
        .doUpdateSet({ serial, problem, at }),
    )
    .execute();
}

export async function listSightings(
  db: Db,
  { certificateArn, loadBalancerArn }: OnBalancer,
): Promise<readonly StoredSighting[]> {
  return await db
    .selectFrom("edgeSightings")
    .select(["edge", "listenerArn", "serial", "problem", "at"])
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("edge")
    .orderBy("listenerArn")
    .execute();
}

/** Where edges listen with a certificate: what a client can see it at. */
export async function listPlaces(
  db: Db,
  { certificateArn, loadBalancerArn }: OnBalancer,
): Promise<readonly StoredPlace[]> {
  return await db
    .selectFrom("edgeListeners")
    .select(["edge", "listenerArn", "address", "port", "error"])
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("listenerArn", "in", (query) =>
      query
        .selectFrom("listenerCertificates")
        .select("listenerCertificates.listenerArn")
        .where("loadBalancerArn", "=", loadBalancerArn)
        .where("certificateArn", "=", certificateArn),
    )
    .orderBy("edge")
    .orderBy("listenerArn")
    .execute();
}

export interface StoredPlace {
  readonly edge: string;
  readonly listenerArn: string;
  readonly address: string;
  /** 0 where it is bound nowhere: `error` says why. */
  readonly port: number;
  readonly error: string | null;
}

/** Whether a serial is that of another certificate on the same load balancer. */
export async function isOthersSerial(
  db: Db,
  serial: string,
  { certificateArn, loadBalancerArn }: OnBalancer,
): Promise<boolean> {
  const row = await db
    .selectFrom("certificateVersions")
    .innerJoin("listenerCertificates", "listenerCertificates.certificateArn", "certificateVersions.certificateArn")
    .select("certificateVersions.generation")
    .where("certificateVersions.serial", "=", serial)
    .where("certificateVersions.certificateArn", "<>", certificateArn)
    .where("listenerCertificates.loadBalancerArn", "=", loadBalancerArn)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** An edge says that it cannot serve a version; since when is kept for as long as it is the same one. */
export async function putRefusal(
  tx: Tx,
  { certificateArn, loadBalancerArn, edge, serial, reason, at }: OnBalancer & NewRefusal,
): Promise<void> {
  await tx
    .insertInto("edgeRefusals")
    .values({ certificateArn, loadBalancerArn, edge, serial, reason, since: at })
    .onConflict((conflict) =>
      conflict
        .columns(["certificateArn", "loadBalancerArn", "edge"])
        .doUpdateSet({ serial, reason, since: at })
        .whereRef("edgeRefusals.serial", "<>", "excluded.serial"),
    )
    .execute();
}

/** An edge can serve that version after all; without `of`: what all of them said is forgotten. */
export async function removeRefusals(
  db: Db,
  { certificateArn, loadBalancerArn }: OnBalancer,
  of?: { readonly edge: string; readonly serial: string },
): Promise<void> {
  await db
    .deleteFrom("edgeRefusals")
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .$if(of !== undefined, (query) => query.where("edge", "=", of?.edge ?? "").where("serial", "=", of?.serial ?? ""))
    .execute();
}

export async function listRefusals(
  db: Db,
  { certificateArn, loadBalancerArn }: OnBalancer,
): Promise<
  readonly { readonly edge: string; readonly serial: string; readonly reason: string; readonly since: number }[]
> {
  return await db
    .selectFrom("edgeRefusals")
    .select(["edge", "serial", "reason", "since"])
    .where("certificateArn", "=", certificateArn)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("edge")
    .execute();
}

interface OnBalancer {
  readonly certificateArn: CertificateArn;
  readonly loadBalancerArn: LoadBalancerArn;
}

interface NewRefusal {
  readonly edge: string;
  readonly serial: string;
  readonly reason: string;
  readonly at: EpochMillis;
}
