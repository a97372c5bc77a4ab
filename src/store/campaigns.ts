import type { Insertable, Selectable, Updateable } from "kysely";
import type { CampaignState } from "#domain/campaign/campaign.ts";
import type { Db, Tx } from "./store.ts";
import type { CampaignTables } from "./tables/campaigns.ts";
import type { EpochMillis } from "./tables/types.ts";

export type CampaignRow = Selectable<CampaignTables["campaigns"]>;

export async function insertCampaign(tx: Tx, campaign: Insertable<CampaignTables["campaigns"]>): Promise<void> {
  await tx.insertInto("campaigns").values(campaign).execute();
}

export async function findCampaign(db: Db, id: string): Promise<CampaignRow | undefined> {
  return await db.selectFrom("campaigns").select(COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** Reads a campaign and keeps everybody else from changing it until this transaction ends. */
export async function holdCampaign(tx: Tx, id: string): Promise<CampaignRow | undefined> {
  return await tx
    .updateTable("campaigns")
    .set((row) => ({ state: row.ref("state") }))
    .where("id", "=", id)
    .returning(COLUMNS)
    .executeTakeFirst();
}

export type CampaignChange = Updateable<CampaignTables["campaigns"]>;

/** Changes a campaign that is still as expected; false means that somebody else changed it meanwhile. */
export async function changeCampaign(
  tx: Tx,
  id: string,
  from: CampaignState,
  change: CampaignChange,
): Promise<boolean> {
  const row = await tx
    .updateTable("campaigns")
    .set(change)
    .where("id", "=", id)
    .where("state", "=", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** The place of a campaign in a list. */
export interface CampaignPlace {
  readonly createdAt: EpochMillis;
  readonly id: string;
}

/** The next campaigns, the newest first. */
export async function pageCampaigns(
  db: Db,
  before: CampaignPlace | undefined,
  limit: number,
): Promise<readonly CampaignRow[]> {
  return await db
    .selectFrom("campaigns")
    .select(COLUMNS)
    .$if(before !== undefined, (query) =>
      query.where((row) =>
        row(row.refTuple("createdAt", "id"), "<", row.tuple(before?.createdAt ?? 0, before?.id ?? "")),
      ),
    )
    .orderBy("createdAt", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

const COLUMNS = [
  "id",
  "account",
  "region",
  "state",
  "selection",
  "asked",
  "sameIssuer",
  "reason",
  "deadlineAfter",
  "revokeAtDeadline",
  "rate",
  "concurrency",
  "orderedBy",
  "createdAt",
  "afterArn",
  "plan",
  "plannedAt",
  "startedAt",
  "deadline",
  "runningSince",
  "ranFor",
  "endedAt",
  "problem",
] as const;
