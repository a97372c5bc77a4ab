import type { LoadBalancerArn } from "#domain/arn.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { SecurityGroup } from "#domain/network/security-group.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";

/** Whether the group is now there; false when its VPC has another of that name. */
export async function insertSecurityGroup(tx: Tx, group: SecurityGroup): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("securityGroups")
    .values(group)
    .onConflict((conflict) => conflict.columns(["vpcId", "name"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findSecurityGroup(db: Db, owner: Owner, id: string): Promise<SecurityGroup | undefined> {
  const row = await ofOwner(db.selectFrom("securityGroups").select(COLUMNS), owner)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && groupOf(row);
}

export async function findGroupByName(db: Db, vpcId: string, name: string): Promise<SecurityGroup | undefined> {
  const row = await db
    .selectFrom("securityGroups")
    .select(COLUMNS)
    .where("vpcId", "=", vpcId)
    .where("name", "=", name)
    .executeTakeFirst();
  return row && groupOf(row);
}

/** The groups of a VPC, some at most: whether there are any but the default one. */
export async function groupsOfVpc(db: Db, vpcId: string, limit: number): Promise<SecurityGroup[]> {
  const rows = await db
    .selectFrom("securityGroups")
    .select(COLUMNS)
    .where("vpcId", "=", vpcId)
    .orderBy("name")
    .limit(limit)
    .execute();
  return rows.map(groupOf);
}

export interface GroupPage extends OwnedPage {
  readonly vpcIds?: readonly string[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/** An owner's groups by id: those named, those of VPCs, those of a name, or a page of all. */
export async function listSecurityGroups(
  db: Db,
  owner: Owner,
  { ids, vpcIds, names, after, limit }: GroupPage,
): Promise<SecurityGroup[]> {
  const rows = await ofOwner(db.selectFrom("securityGroups").select(COLUMNS), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .$if(vpcIds !== undefined, (query) => query.where("vpcId", "in", vpcIds ?? []))
    .$if(names !== undefined, (query) => query.where("name", "in", names ?? []))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(groupOf);
}

export async function countSecurityGroups(db: Db, { account, region }: Owner): Promise<number> {
  const row = await db
    .selectFrom("securityGroups")
    .select((all) => all.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Removes a group with its rules. */
export async function removeSecurityGroup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("securityGroups").where("id", "=", id).execute();
}

/** Replaces the groups that a load balancer is in. */
export async function setLoadBalancerGroups(
  tx: Tx,
  loadBalancerArn: LoadBalancerArn,
  groupIds: readonly string[],
): Promise<void> {
  await tx.deleteFrom("loadBalancerGroups").where("loadBalancerArn", "=", loadBalancerArn).execute();
  if (groupIds.length === 0) return;
  await tx
    .insertInto("loadBalancerGroups")
    .values(groupIds.map((groupId) => ({ loadBalancerArn, groupId })))
    .execute();
}

/** The load balancers that are in one of some groups, after an ARN, in the order of their ARNs. */
export async function loadBalancersInGroups(
  db: Db,
  groupIds: readonly string[],
  after: string,
  limit: number,
): Promise<LoadBalancerArn[]> {
  if (groupIds.length === 0) return [];
  const rows = await db
    .selectFrom("loadBalancerGroups")
    .select("loadBalancerArn")
    .distinct()
    .where("groupId", "in", groupIds)
    .where("loadBalancerArn", ">", after)
    .orderBy("loadBalancerArn")
    .limit(limit)
    .execute();
  return rows.map(({ loadBalancerArn }) => loadBalancerArn as LoadBalancerArn);
}

export async function groupsOfLoadBalancer(db: Db, loadBalancerArn: LoadBalancerArn): Promise<string[]> {
  const rows = await db
    .selectFrom("loadBalancerGroups")
    .select("groupId")
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("groupId")
    .execute();
  return rows.map(({ groupId }) => groupId);
}

/** Whether a load balancer or a host is in a group. */
export async function isGroupUsed(db: Db, groupId: string): Promise<boolean> {
  if ((await loadBalancersInGroups(db, [groupId], "", 1)).length > 0) return true;
  const host = await db
    .selectFrom("hostGroups")
    .select("instanceId")
    .where("groupId", "=", groupId)
    .limit(1)
    .executeTakeFirst();
  return host !== undefined;
}

/** The addresses of what is in each of some groups: load balancers and hosts. */
export async function addressesInGroups(
  db: Db,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (groupIds.length === 0) return new Map();
  const balancers = await db
    .selectFrom("loadBalancerGroups")
    .innerJoin("loadBalancers", "loadBalancers.arn", "loadBalancerGroups.loadBalancerArn")
    .select(["groupId", "address"])
    .where("groupId", "in", groupIds)
    .execute();
  const hosts = await db
    .selectFrom("hostGroups")
    .innerJoin("hosts", (join) =>
      join
        .onRef("hosts.account", "=", "hostGroups.account")
        .onRef("hosts.region", "=", "hostGroups.region")
        .onRef("hosts.instanceId", "=", "hostGroups.instanceId"),
    )
    .select(["groupId", "address"])
    .where("groupId", "in", groupIds)
    .execute();
  const byGroup = Map.groupBy([...balancers, ...hosts], ({ groupId }) => groupId);
  return new Map([...byGroup].map(([id, members]) => [id, members.map(({ address }) => address).toSorted()]));
}

const COLUMNS = ["id", "account", "region", "vpcId", "name", "description"] as const;

function groupOf(row: Record<(typeof COLUMNS)[number], string>): SecurityGroup {
  return { ...row, account: row.account as AccountId, region: row.region as Region };
}
