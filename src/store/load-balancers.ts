import type { Selectable } from "kysely";
import type { LoadBalancerArn } from "#domain/arn.ts";
import type { BalancerState, LoadBalancer, Scheme } from "#domain/balancers/load-balancer.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { BalancerType } from "#domain/tls/policies.ts";
import type { Db, Tx } from "./store.ts";
import type { BalancerTables } from "./tables/balancers.ts";

/** Whether the load balancer is now there; false when its name, DNS name or address is another's. */
export async function insertLoadBalancer(tx: Tx, balancer: LoadBalancer): Promise<boolean> {
  const { zones, subnets, securityGroups, attributes, createdAt, ...columns } = balancer;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("loadBalancers")
    .values({
      ...columns,
      createdAt: createdAt.getTime(),
      zones: JSON.stringify(zones),
      subnets: JSON.stringify(subnets),
      securityGroups: JSON.stringify(securityGroups),
      attributes: JSON.stringify(attributes),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findLoadBalancer(db: Db, arn: LoadBalancerArn): Promise<LoadBalancer | undefined> {
  const row = await db.selectFrom("loadBalancers").select(COLUMNS).where("arn", "=", arn).executeTakeFirst();
  return row && loadBalancer(row);
}

export async function findLoadBalancerByName(db: Db, owner: Owner, name: string): Promise<LoadBalancer | undefined> {
  const row = await db
    .selectFrom("loadBalancers")
    .select(COLUMNS)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", "=", name)
    .executeTakeFirst();
  return row && loadBalancer(row);
}

/** The load balancers of an owner in the order of their names, those after `after`. */
export async function listLoadBalancers(
  db: Db,
  owner: Owner,
  after: string | undefined,
  limit: number,
): Promise<LoadBalancer[]> {
  const rows = await db
    .selectFrom("loadBalancers")
    .select(COLUMNS)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", ">", after ?? "")
    .orderBy("name")
    .limit(limit)
    .execute();
  return rows.map(loadBalancer);
}

/** Every load balancer of every account, by ARN, those after `after`: what a new edge is told. */
export async function listLoadBalancerArns(
  db: Db,
  after: LoadBalancerArn | undefined,
  limit: number,
): Promise<LoadBalancerArn[]> {
  const rows = await db
    .selectFrom("loadBalancers")
    .select("arn")
    .where("arn", ">", after ?? "")
    .orderBy("arn")
    .limit(limit)
    .execute();
  return rows.map(({ arn }) => arn as LoadBalancerArn);
}

/**
 * Holds a load balancer to the end of the transaction, so that changes of what belongs to it happen one after the other.
 * False when there is none.
 */
export async function holdLoadBalancer(tx: Tx, arn: LoadBalancerArn): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("loadBalancers")
    .set((row) => ({ revision: row("revision", "+", 1) }))
    .where("arn", "=", arn)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** An edge carries it: `provisioning` becomes `active`. Harmless to repeat; false when nothing changed. */
export async function markBalancerActive(tx: Db, arn: LoadBalancerArn): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("loadBalancers")
    .set({ state: "active" })
    .where("arn", "=", arn)
    .where("state", "=", "provisioning")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

export async function setBalancerAttributes(
  tx: Tx,
  arn: LoadBalancerArn,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  await tx
    .updateTable("loadBalancers")
    .set({ attributes: JSON.stringify(attributes) })
    .where("arn", "=", arn)
    .execute();
}

/** Replaces the subnets, with their zones. */
export async function setBalancerSubnets(
  tx: Tx,
  arn: LoadBalancerArn,
  { subnets, zones }: Pick<LoadBalancer, "subnets" | "zones">,
): Promise<void> {
  await tx
    .updateTable("loadBalancers")
    .set({ subnets: JSON.stringify(subnets), zones: JSON.stringify(zones) })
    .where("arn", "=", arn)
    .execute();
}

export async function setBalancerSecurityGroups(
  tx: Tx,
  arn: LoadBalancerArn,
  securityGroups: readonly string[],
): Promise<void> {
  await tx
    .updateTable("loadBalancers")
    .set({ securityGroups: JSON.stringify(securityGroups) })
    .where("arn", "=", arn)
    .execute();
}

/** How many certificates stand in the lists of a load balancer's listeners, after counting `change` more; each counts once. */
export async function countListedCertificates(tx: Tx, arn: LoadBalancerArn, change: number): Promise<number> {
  const { listedCertificates } = await tx
    .updateTable("loadBalancers")
    .set((row) => ({ listedCertificates: row("listedCertificates", "+", change) }))
    .where("arn", "=", arn)
    .returning("listedCertificates")
    .executeTakeFirstOrThrow();
  return listedCertificates;
}

/** Removes a load balancer with its listeners and what they name. */
export async function removeLoadBalancer(tx: Tx, arn: LoadBalancerArn): Promise<void> {
  await tx.deleteFrom("loadBalancers").where("arn", "=", arn).execute();
}

/** The address of the load balancer that has that DNS name, in lower case and without a dot at its end. */
export async function findBalancerAddress(
  db: Db,
  dnsName: string,
): Promise<{ readonly arn: LoadBalancerArn; readonly address: string } | undefined> {
  const row = await db
    .selectFrom("loadBalancers")
    .select(["arn", "address"])
    .where("dnsName", "=", dnsName)
    .executeTakeFirst();
  return row && { arn: row.arn as LoadBalancerArn, address: row.address };
}

const COLUMNS = [
  "arn",
  "account",
  "region",
  "name",
  "type",
  "scheme",
  "dnsName",
  "address",
  "state",
  "createdAt",
  "cookieSecret",
  "vpcId",
  "zones",
  "subnets",
  "securityGroups",
  "attributes",
] as const;

function loadBalancer(row: Pick<Selectable<BalancerTables["loadBalancers"]>, (typeof COLUMNS)[number]>): LoadBalancer {
  return {
    arn: row.arn as LoadBalancerArn,
    account: row.account as AccountId,
    region: row.region as Region,
    name: row.name,
    type: row.type as BalancerType,
    scheme: row.scheme as Scheme,
    dnsName: row.dnsName,
    address: row.address,
    state: row.state as BalancerState,
    createdAt: new Date(row.createdAt),
    cookieSecret: row.cookieSecret,
    vpcId: row.vpcId,
    zones: JSON.parse(row.zones) as string[],
    subnets: JSON.parse(row.subnets) as string[],
    securityGroups: JSON.parse(row.securityGroups) as string[],
    attributes: JSON.parse(row.attributes) as Record<string, string>,
  };
}
