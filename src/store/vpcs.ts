import type { Selectable } from "kysely";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Vpc, VpcOptions } from "#domain/network/vpc.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";
import type { NetworkTables } from "./tables/networks.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Whether an owner's default VPC was made, though it may be deleted since. */
export async function hasNetwork(db: Db, { account, region }: Owner): Promise<boolean> {
  const row = await db
    .selectFrom("networkOwners")
    .select("madeAt")
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirst();
  return row !== undefined;
}

/** True for the one who is to make an owner's default VPC. */
export async function claimNetwork(tx: Tx, { account, region }: Owner, madeAt: EpochMillis): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("networkOwners")
    .values({ account, region, madeAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether the VPC is now there; false when the owner has a default VPC and this is another. */
export async function insertVpc(tx: Tx, vpc: Vpc): Promise<boolean> {
  const { isDefault, dnsSupport, dnsHostnames, addressUsageMetrics, ...columns } = vpc;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("vpcs")
    .values({
      ...columns,
      isDefault: isDefault ? 1 : 0,
      dnsSupport: dnsSupport ? 1 : 0,
      dnsHostnames: dnsHostnames ? 1 : 0,
      addressUsageMetrics: addressUsageMetrics ? 1 : 0,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findVpc(db: Db, owner: Owner, id: string): Promise<Vpc | undefined> {
  const row = await ofOwner(db.selectFrom("vpcs").select(COLUMNS), owner).where("id", "=", id).executeTakeFirst();
  return row && vpc(row);
}

export async function findDefaultVpc(db: Db, owner: Owner): Promise<Vpc | undefined> {
  const row = await ofOwner(db.selectFrom("vpcs").select(COLUMNS), owner).where("isDefault", "=", 1).executeTakeFirst();
  return row && vpc(row);
}

/** The VPC whose network ACL that is. */
export async function findVpcOfAcl(db: Db, owner: Owner, networkAclId: string): Promise<Vpc | undefined> {
  const row = await ofOwner(db.selectFrom("vpcs").select(COLUMNS), owner)
    .where("networkAclId", "=", networkAclId)
    .executeTakeFirst();
  return row && vpc(row);
}

/** Holds a VPC and all that is in it to the end of the transaction; undefined when the owner has none of that id. */
export async function holdVpc(tx: Tx, { account, region }: Owner, id: string): Promise<Vpc | undefined> {
  const row = await tx
    .updateTable("vpcs")
    .set((held) => ({ revision: held("revision", "+", 1) }))
    .where("id", "=", id)
    .where("account", "=", account)
    .where("region", "=", region)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && vpc(row);
}

/** An owner's VPCs by id: those named, or a page of all. */
export async function listVpcs(db: Db, owner: Owner, { ids, after, limit }: OwnedPage): Promise<Vpc[]> {
  const rows = await ofOwner(db.selectFrom("vpcs").select(COLUMNS), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(vpc);
}

export async function countVpcs(db: Db, { account, region }: Owner): Promise<number> {
  const row = await db
    .selectFrom("vpcs")
    .select((all) => all.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function setVpcOptions(tx: Tx, id: string, options: VpcOptions): Promise<void> {
  await tx
    .updateTable("vpcs")
    .set({
      dnsSupport: options.dnsSupport ? 1 : 0,
      dnsHostnames: options.dnsHostnames ? 1 : 0,
      addressUsageMetrics: options.addressUsageMetrics ? 1 : 0,
    })
    .where("id", "=", id)
    .execute();
}

/** Removes a VPC, of which nothing may be left but its network ACL. */
export async function removeVpc(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("vpcs").where("id", "=", id).execute();
}

const COLUMNS = [
  "id",
  "account",
  "region",
  "cidrBlock",
  "cidrAssociationId",
  "isDefault",
  "tenancy",
  "dnsSupport",
  "dnsHostnames",
  "addressUsageMetrics",
  "networkAclId",
] as const;

function vpc(row: Pick<Selectable<NetworkTables["vpcs"]>, (typeof COLUMNS)[number]>): Vpc {
  return {
    ...row,
    account: row.account as AccountId,
    region: row.region as Region,
    isDefault: row.isDefault === 1,
    tenancy: row.tenancy as Vpc["tenancy"],
    dnsSupport: row.dnsSupport === 1,
    dnsHostnames: row.dnsHostnames === 1,
    addressUsageMetrics: row.addressUsageMetrics === 1,
  };
}
