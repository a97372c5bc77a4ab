import type { Selectable } from "kysely";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Subnet, SubnetOptions } from "#domain/network/vpc.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";
import type { NetworkTables } from "./tables/networks.ts";
import type { Flag } from "./tables/types.ts";

export async function insertSubnet(tx: Tx, { isDefault, ...subnet }: Subnet): Promise<void> {
  await tx
    .insertInto("subnets")
    .values({
      id: subnet.id,
      account: subnet.account,
      region: subnet.region,
      vpcId: subnet.vpcId,
      zone: subnet.zone,
      cidrBlock: subnet.cidrBlock,
      aclAssociationId: subnet.aclAssociationId,
      isDefault: isDefault ? 1 : 0,
      ...flags(subnet),
    })
    .execute();
}

export async function findSubnet(db: Db, owner: Owner, id: string): Promise<Subnet | undefined> {
  const row = await ofOwner(db.selectFrom("subnets").select(COLUMNS), owner).where("id", "=", id).executeTakeFirst();
  return row && subnetOf(row);
}

/** The default subnet of a zone; undefined when there is none. */
export async function findDefaultSubnet(db: Db, vpcId: string, zone: string): Promise<Subnet | undefined> {
  const row = await db
    .selectFrom("subnets")
    .select(COLUMNS)
    .where("vpcId", "=", vpcId)
    .where("zone", "=", zone)
    .where("isDefault", "=", 1)
    .executeTakeFirst();
  return row && subnetOf(row);
}

/** The subnets of a VPC; there are no more than its quota. */
export async function subnetsOfVpc(db: Db, vpcId: string): Promise<Subnet[]> {
  const rows = await db.selectFrom("subnets").select(COLUMNS).where("vpcId", "=", vpcId).orderBy("id").execute();
  return rows.map(subnetOf);
}

/** An owner's subnets by id: those named, those of VPCs, or a page of all. */
export async function listSubnets(
  db: Db,
  owner: Owner,
  { ids, vpcIds, after, limit }: OwnedPage & { readonly vpcIds?: readonly string[] | undefined },
): Promise<Subnet[]> {
  const rows = await ofOwner(db.selectFrom("subnets").select(COLUMNS), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .$if(vpcIds !== undefined, (query) => query.where("vpcId", "in", vpcIds ?? []))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(subnetOf);
}

export async function setSubnetOptions(tx: Tx, id: string, options: SubnetOptions): Promise<void> {
  await tx.updateTable("subnets").set(flags(options)).where("id", "=", id).execute();
}

export async function removeSubnet(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("subnets").where("id", "=", id).execute();
}

/** How many interfaces and hosts subnets have; those without any are left out. */
export async function countAddressesUsed(db: Db, subnetIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  if (subnetIds.length === 0) return counts;
  for (const table of ["networkInterfaces", "hosts"] as const) {
    const rows = await db
      .selectFrom(table)
      .select((all) => ["subnetId", all.fn.countAll<number>().as("count")])
      .where("subnetId", "in", subnetIds)
      .groupBy("subnetId")
      .execute();
    for (const { subnetId, count } of rows) counts.set(subnetId, (counts.get(subnetId) ?? 0) + Number(count));
  }
  return counts;
}

const COLUMNS = [
  "id",
  "account",
  "region",
  "vpcId",
  "zone",
  "cidrBlock",
  "isDefault",
  "publicAddresses",
  "ipv6Addresses",
  "dns64",
  "hostnameType",
  "nameRecords",
  "nameRecords6",
  "aclAssociationId",
] as const;

type Row = Pick<Selectable<NetworkTables["subnets"]>, (typeof COLUMNS)[number]>;
type Flags = "publicAddresses" | "ipv6Addresses" | "dns64" | "nameRecords" | "nameRecords6";

function flags(options: SubnetOptions): Record<Flags, Flag> & { readonly hostnameType: string } {
  return {
    publicAddresses: options.publicAddresses ? 1 : 0,
    ipv6Addresses: options.ipv6Addresses ? 1 : 0,
    dns64: options.dns64 ? 1 : 0,
    hostnameType: options.hostnameType,
    nameRecords: options.nameRecords ? 1 : 0,
    nameRecords6: options.nameRecords6 ? 1 : 0,
  };
}

function subnetOf(row: Row): Subnet {
  return {
    ...row,
    account: row.account as AccountId,
    region: row.region as Region,
    isDefault: row.isDefault === 1,
    publicAddresses: row.publicAddresses === 1,
    ipv6Addresses: row.ipv6Addresses === 1,
    dns64: row.dns64 === 1,
    hostnameType: row.hostnameType as Subnet["hostnameType"],
    nameRecords: row.nameRecords === 1,
    nameRecords6: row.nameRecords6 === 1,
  };
}
