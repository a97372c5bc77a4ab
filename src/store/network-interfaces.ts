import type { LoadBalancerArn } from "#domain/arn.ts";
import type { Scheme } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import type { BalancerType } from "#domain/tls/policies.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";

/** Where a load balancer stands in one of its subnets. */
export interface NetworkInterface {
  readonly id: string;
  readonly attachmentId: string;
  readonly loadBalancerArn: LoadBalancerArn;
  readonly subnetId: string;
  readonly attachedAt: Date;
}

/** An interface with what there is to be shown of its load balancer and subnet. */
export interface ShownInterface extends NetworkInterface {
  readonly type: BalancerType;
  readonly address: string;
  readonly vpcId: string;
  readonly zone: string;
}

export async function insertInterfaces(tx: Tx, owner: Owner, interfaces: readonly NetworkInterface[]): Promise<void> {
  if (interfaces.length === 0) return;
  const { account, region } = owner;
  await tx
    .insertInto("networkInterfaces")
    .values(interfaces.map((each) => ({ ...each, account, region, attachedAt: each.attachedAt.getTime() })))
    .execute();
}

export async function interfacesOfBalancer(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
): Promise<readonly { readonly id: string; readonly subnetId: string }[]> {
  return await db
    .selectFrom("networkInterfaces")
    .select(["id", "subnetId"])
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("id")
    .execute();
}

export async function removeInterfaces(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.deleteFrom("networkInterfaces").where("id", "in", ids).execute();
}

/** An owner's interfaces by id: those named, or a page of all. */
export async function listInterfaces(
  db: Db,
  owner: Owner,
  { ids, after, limit }: OwnedPage,
): Promise<ShownInterface[]> {
  const page = ofOwner(db.selectFrom("networkInterfaces").select(["id"]), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .orderBy("id")
    .limit(limit);
  const found = (await page.execute()).map(({ id }) => id);
  if (found.length === 0) return [];
  const rows = await db
    .selectFrom("networkInterfaces")
    .innerJoin("loadBalancers", "loadBalancers.arn", "networkInterfaces.loadBalancerArn")
    .innerJoin("subnets", "subnets.id", "networkInterfaces.subnetId")
    .select([
      "networkInterfaces.id",
      "attachmentId",
      "loadBalancerArn",
      "subnetId",
      "attachedAt",
      "type",
      "address",
      "subnets.vpcId",
      "zone",
    ])
    .where("networkInterfaces.id", "in", found)
    .orderBy("networkInterfaces.id")
    .execute();
  return rows.map((row) => ({
    ...row,
    loadBalancerArn: row.loadBalancerArn as LoadBalancerArn,
    attachedAt: new Date(row.attachedAt),
    type: row.type as BalancerType,
  }));
}

/** The subnets of a VPC in which load balancers of a scheme stand. */
export async function subnetsWithInterfaces(db: Db, vpcId: string, scheme: Scheme): Promise<string[]> {
  const rows = await db
    .selectFrom("subnets")
    .innerJoin("networkInterfaces", "networkInterfaces.subnetId", "subnets.id")
    .innerJoin("loadBalancers", "loadBalancers.arn", "networkInterfaces.loadBalancerArn")
    .select("subnets.id")
    .distinct()
    .where("subnets.vpcId", "=", vpcId)
    .where("scheme", "=", scheme)
    .orderBy("subnets.id")
    .execute();
  return rows.map(({ id }) => id);
}
