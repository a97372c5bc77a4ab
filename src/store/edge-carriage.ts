import type { LoadBalancerArn } from "#domain/arn.ts";
import { isLocalEdge } from "#domain/fleet/names.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/**
 * Which of these load balancers an edge carries: one that is in an availability zone those with a subnet there, any other
 * all of them. A load balancer of which no zone is known is carried everywhere. An edge that is neither a member nor beside
 * a control plane carries nothing.
 */
export async function carriedBy(
  db: Db,
  edge: string,
  arns: readonly LoadBalancerArn[],
): Promise<ReadonlySet<LoadBalancerArn>> {
  if (arns.length === 0) return new Set();
  const member = await db.selectFrom("edgeMembers").select("zone").where("edge", "=", edge).executeTakeFirst();
  if (!member && !isLocalEdge(edge)) return new Set();
  const zone = member?.zone ?? null;
  if (zone === null) return new Set(arns);
  const rows = await db.selectFrom("loadBalancers").select(["arn", "zones"]).where("arn", "in", arns).execute();
  const elsewhere = new Set(
    rows.filter(({ zones }) => isElsewhere(JSON.parse(zones) as string[], zone)).map(({ arn }) => arn),
  );
  return new Set(arns.filter((arn) => !elsewhere.has(arn)));
}

/** Those of them that there are: what `carriedBy` answers may have been made up, or deleted. */
export async function presentCarriedBy(
  db: Db,
  edge: string,
  arns: readonly LoadBalancerArn[],
): Promise<ReadonlySet<LoadBalancerArn>> {
  const carried = await carriedBy(db, edge, arns);
  if (carried.size === 0) return carried;
  const rows = await db
    .selectFrom("loadBalancers")
    .select("arn")
    .where("arn", "in", [...carried])
    .execute();
  const there = new Set<string>(rows.map(({ arn }) => arn));
  return new Set([...carried].filter((arn) => there.has(arn)));
}

function isElsewhere(zones: readonly string[], zone: string): boolean {
  return zones.length > 0 && !zones.includes(zone);
}

export async function isCarriedBy(db: Db, edge: string, arn: LoadBalancerArn): Promise<boolean> {
  return (await carriedBy(db, edge, [arn])).has(arn);
}

/** The address at which an edge binds a load balancer; undefined when it has none of its own for it yet. */
export async function findEdgeAddress(db: Db, edge: string, arn: LoadBalancerArn): Promise<string | undefined> {
  const row = await db
    .selectFrom("edgeAddresses")
    .select("address")
    .where("loadBalancerArn", "=", arn)
    .where("edge", "=", edge)
    .executeTakeFirst();
  return row?.address;
}

/** How many load balancers have each address of an edge, of the addresses that any has. */
export async function edgeAddressUse(db: Db, edge: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("edgeAddresses")
    .select(({ fn }) => ["address", fn.countAll<number>().as("count")])
    .where("edge", "=", edge)
    .groupBy("address")
    .execute();
  return new Map(rows.map(({ address, count }) => [address, Number(count)]));
}

/** Gives a load balancer an address of an edge, unless it has one. */
export async function putEdgeAddress(tx: Tx, edge: string, arn: LoadBalancerArn, address: string): Promise<void> {
  await tx
    .insertInto("edgeAddresses")
    .values({ edge, loadBalancerArn: arn, address })
    .onConflict((conflict) => conflict.columns(["loadBalancerArn", "edge"]).doNothing())
    .execute();
}

/** Takes back the addresses of edges in zones where the load balancer is not any more. */
export async function removeAddressesElsewhere(tx: Tx, arn: LoadBalancerArn, zones: readonly string[]): Promise<void> {
  if (zones.length === 0) return;
  await tx
    .deleteFrom("edgeAddresses")
    .where("loadBalancerArn", "=", arn)
    .where("edge", "in", (query) =>
      query
        .selectFrom("edgeMembers")
        .select("edgeMembers.edge")
        .where("zone", "is not", null)
        .where("zone", "not in", zones),
    )
    .execute();
}

/** The addresses of their own that edges have for load balancers, with the zones of those edges. */
export async function listZoneAddresses(
  db: Db,
  arns: readonly LoadBalancerArn[],
): Promise<readonly { readonly loadBalancerArn: string; readonly zone: string | null; readonly address: string }[]> {
  if (arns.length === 0) return [];
  return await db
    .selectFrom("edgeAddresses")
    .innerJoin("edgeMembers", "edgeMembers.edge", "edgeAddresses.edge")
    .select(["edgeAddresses.loadBalancerArn", "edgeMembers.zone", "edgeAddresses.address"])
    .where("edgeAddresses.loadBalancerArn", "in", arns)
    .orderBy("edgeAddresses.address")
    .execute();
}

/** An edge with an address of its own for a load balancer, and how it stands. */
export interface EdgePlace {
  readonly edge: string;
  readonly zone: string | null;
  readonly address: string;
  /** When it was last heard of; null: never. */
  readonly seenAt: EpochMillis | null;
  /** How many of the listeners it is bound for, and how many it could not bind. */
  readonly bound: number;
  readonly unbound: number;
  /** How many targets it saw healthy, and how many not. */
  readonly healthy: number;
  readonly unhealthy: number;
}

/** The edges that have an address of their own for a load balancer, by name. */
export async function listEdgePlaces(db: Db, arn: LoadBalancerArn): Promise<readonly EdgePlace[]> {
  const places = await db
    .selectFrom("edgeAddresses")
    .innerJoin("edgeMembers", "edgeMembers.edge", "edgeAddresses.edge")
    .leftJoin("edges", "edges.edge", "edgeAddresses.edge")
    .select(["edgeAddresses.edge", "edgeMembers.zone", "edgeAddresses.address", "edges.seenAt"])
    .where("edgeAddresses.loadBalancerArn", "=", arn)
    .orderBy("edgeAddresses.edge")
    .execute();
  if (places.length === 0) return [];
  const listeners = await db
    .selectFrom("edgeListeners")
    .select(["edge", "port"])
    .where("loadBalancerArn", "=", arn)
    .execute();
  const targets = await db
    .selectFrom("edgeTargets")
    .select(({ fn }) => ["edge", "state", fn.countAll<number>().as("count")])
    .where("loadBalancerArn", "=", arn)
    .groupBy(["edge", "state"])
    .execute();
  return places.map((place) => {
    const own = listeners.filter(({ edge }) => edge === place.edge);
    const seen = targets.filter(({ edge }) => edge === place.edge);
    const sum = (isHealthy: boolean): number =>
      seen
        .filter(({ state }) => (state === "healthy") === isHealthy)
        .reduce((all, { count }) => all + Number(count), 0);
    return {
      ...place,
      bound: own.filter(({ port }) => port > 0).length,
      unbound: own.filter(({ port }) => port === 0).length,
      healthy: sum(true),
      unhealthy: sum(false),
    };
  });
}
