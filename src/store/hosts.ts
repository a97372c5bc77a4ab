import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Host } from "#domain/network/host.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";

/** Where hosts are reached, by their instance ids; those that the owner does not have are left out. */
export async function hostAddressesOf(
  db: Db,
  owner: Owner,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (instanceIds.length === 0) return new Map();
  const rows = await ofOwner(db.selectFrom("hosts").select(["instanceId", "address"]), owner)
    .where("instanceId", "in", instanceIds)
    .execute();
  return new Map(rows.map(({ instanceId, address }) => [instanceId, address]));
}

/** Whether the host is now there; false when its id or its address is another's. */
export async function insertHost(tx: Tx, host: Host): Promise<boolean> {
  const { account, region, instanceId, address, subnetId, registeredAt } = host;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("hosts")
    .values({ account, region, instanceId, address, subnetId, registeredAt: registeredAt.getTime() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await setHostGroups(tx, host, host.securityGroups);
  return true;
}

/** Gives a host another address, subnet and groups. */
export async function updateHost(tx: Tx, host: Host): Promise<void> {
  const { account, region, instanceId, address, subnetId } = host;
  await tx
    .updateTable("hosts")
    .set({ address, subnetId })
    .where("account", "=", account)
    .where("region", "=", region)
    .where("instanceId", "=", instanceId)
    .execute();
  await setHostGroups(tx, host, host.securityGroups);
}

export async function findHostByAddress(db: Db, owner: Owner, address: string): Promise<string | undefined> {
  const row = await ofOwner(db.selectFrom("hosts").select("instanceId"), owner)
    .where("address", "=", address)
    .executeTakeFirst();
  return row?.instanceId;
}

export async function countHosts(db: Db, { account, region }: Owner): Promise<number> {
  const row = await db
    .selectFrom("hosts")
    .select((all) => all.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** An owner's hosts by instance id: those named, or a page of all. */
export async function listHosts(db: Db, owner: Owner, { ids, after, limit }: OwnedPage): Promise<Host[]> {
  const rows = await db
    .selectFrom("hosts")
    .innerJoin("subnets", "subnets.id", "hosts.subnetId")
    .select([
      "hosts.account",
      "hosts.region",
      "instanceId",
      "address",
      "subnetId",
      "registeredAt",
      "subnets.vpcId",
      "subnets.zone",
    ])
    .where("hosts.account", "=", owner.account)
    .where("hosts.region", "=", owner.region)
    .where("instanceId", ">", after)
    .$if(ids !== undefined, (query) => query.where("instanceId", "in", ids ?? []))
    .orderBy("instanceId")
    .limit(limit)
    .execute();
  const groups = await groupsOfHosts(
    db,
    owner,
    rows.map(({ instanceId }) => instanceId),
  );
  return rows.map((row) => ({
    ...row,
    account: row.account as AccountId,
    region: row.region as Region,
    registeredAt: new Date(row.registeredAt),
    securityGroups: groups.get(row.instanceId) ?? [],
  }));
}

export async function removeHost(tx: Tx, owner: Owner, instanceId: string): Promise<void> {
  const { account, region } = owner;
  await setHostGroups(tx, { account, region, instanceId }, []);
  await tx
    .deleteFrom("hosts")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("instanceId", "=", instanceId)
    .execute();
}

async function setHostGroups(
  tx: Tx,
  { account, region, instanceId }: Pick<Host, "account" | "region" | "instanceId">,
  groupIds: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom("hostGroups")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("instanceId", "=", instanceId)
    .execute();
  if (groupIds.length === 0) return;
  await tx
    .insertInto("hostGroups")
    .values(groupIds.map((groupId) => ({ account, region, instanceId, groupId })))
    .execute();
}

async function groupsOfHosts(
  db: Db,
  owner: Owner,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (instanceIds.length === 0) return new Map();
  const rows = await ofOwner(db.selectFrom("hostGroups").select(["instanceId", "groupId"]), owner)
    .where("instanceId", "in", instanceIds)
    .orderBy("groupId")
    .execute();
  const byHost = Map.groupBy(rows, ({ instanceId }) => instanceId);
  return new Map([...byHost].map(([id, found]) => [id, found.map(({ groupId }) => groupId)]));
}
