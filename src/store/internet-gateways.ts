import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { InternetGateway } from "#domain/network/routing.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";

export async function insertInternetGateway(tx: Tx, gateway: InternetGateway): Promise<void> {
  await tx
    .insertInto("internetGateways")
    .values({ ...gateway, vpcId: gateway.vpcId ?? null })
    .execute();
}

export async function findInternetGateway(db: Db, owner: Owner, id: string): Promise<InternetGateway | undefined> {
  const row = await ofOwner(db.selectFrom("internetGateways").select(COLUMNS), owner)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && gatewayOf(row);
}

/** The gateway that is attached to a VPC. */
export async function gatewayOfVpc(db: Db, vpcId: string): Promise<InternetGateway | undefined> {
  const row = await db.selectFrom("internetGateways").select(COLUMNS).where("vpcId", "=", vpcId).executeTakeFirst();
  return row && gatewayOf(row);
}

/** An owner's gateways by id: those named, or a page of all. */
export async function listInternetGateways(
  db: Db,
  owner: Owner,
  { ids, after, limit }: OwnedPage,
): Promise<InternetGateway[]> {
  const rows = await ofOwner(db.selectFrom("internetGateways").select(COLUMNS), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(gatewayOf);
}

/** Whether a gateway that was attached to `from` (undefined: to nothing) is now attached to `to`. */
export async function moveInternetGateway(
  tx: Tx,
  id: string,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("internetGateways")
    .set({ vpcId: to ?? null })
    .where("id", "=", id)
    .where("vpcId", from === undefined ? "is" : "=", from ?? null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

export async function removeInternetGateway(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("internetGateways").where("id", "=", id).execute();
}

const COLUMNS = ["id", "account", "region", "vpcId"] as const;

function gatewayOf(row: {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly vpcId: string | null;
}): InternetGateway {
  return { ...row, account: row.account as AccountId, region: row.region as Region, vpcId: row.vpcId ?? undefined };
}
