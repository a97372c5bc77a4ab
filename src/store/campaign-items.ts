import type { Insertable, Selectable, Updateable } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import { IS_OPEN, ITEM_STATES, type ItemState } from "#domain/campaign/item.ts";
import { tallyChange, tallyOf } from "#domain/campaign/tally.ts";
import { addTally } from "./campaign-tallies.ts";
import { type Db, isEmbedded, type Store, type Tx } from "./store.ts";
import type { CampaignTables } from "./tables/campaigns.ts";
import type { EpochMillis } from "./tables/types.ts";

export type CampaignItem = Pick<Selectable<CampaignTables["campaignItems"]>, (typeof COLUMNS)[number]>;
export type NewItem = Insertable<CampaignTables["campaignItems"]>;

/** Adds certificates to a campaign, and counts them. One that is there already stays as it is. */
export async function insertItems(tx: Tx, campaignId: string, items: readonly NewItem[]): Promise<void> {
  if (items.length === 0) return;
  const inserted = await tx
    .insertInto("campaignItems")
    .values([...items])
    .onConflict((conflict) => conflict.columns(["campaignId", "certificateArn"]).doNothing())
    .returning(["state", "replacedAt", "revokedAt", "problem"])
    .execute();
  await addTally(tx, campaignId, PLANNER, tallyOf(inserted));
}

/** What a lane takes, and until when nobody else does. */
export interface Taking {
  readonly campaignId: string;
  readonly lane: number;
  readonly now: EpochMillis;
  readonly leaseEnd: EpochMillis;
}

/**
 * Takes certificates that wait and are due, the longest due first. Whoever dies leaves them due again when the lease ends.
 */
export async function takeDueItems(
  store: Store,
  { campaignId, now, leaseEnd }: Taking,
  limit: number,
): Promise<readonly CampaignItem[]> {
  return await store
    .with("due", (query) =>
      query
        .selectFrom("campaignItems")
        .select(["campaignId", "certificateArn"])
        .where("campaignId", "=", campaignId)
        .where("nextAt", "<=", now)
        .orderBy("nextAt")
        .limit(limit)
        .$if(!isEmbedded(store), (due) => due.forUpdate().skipLocked()),
    )
    .updateTable("campaignItems")
    .set({ nextAt: leaseEnd })
    .where((row) =>
      row(
        row.refTuple("campaignId", "certificateArn"),
        "in",
        row.selectFrom("due").select(["campaignId", "certificateArn"]).$asTuple("campaignId", "certificateArn"),
      ),
    )
    .returning(COLUMNS)
    .execute();
}

/** Takes the most exposed certificates that nobody has begun with. */
export async function takePendingItems(
  store: Store,
  { campaignId, lane, leaseEnd }: Taking,
  limit: number,
): Promise<readonly CampaignItem[]> {
  return await store.transaction().execute(async (tx) => {
    const pending = await tx
      .selectFrom("campaignItems")
      .select(["certificateArn", "position"])
      .where("campaignId", "=", campaignId)
      .where("state", "=", "PENDING")
      .orderBy("position")
      .orderBy("certificateArn")
      .limit(limit)
      .$if(!isEmbedded(tx), (query) => query.forUpdate().skipLocked())
      .execute();
    if (pending.length === 0) return [];
    const taken = await tx
      .updateTable("campaignItems")
      .set({ state: "STARTED", nextAt: leaseEnd })
      .where("campaignId", "=", campaignId)
      .where(
        "certificateArn",
        "in",
        pending.map(({ certificateArn }) => certificateArn),
      )
      .where("state", "=", "PENDING")
      .returning(COLUMNS)
      .execute();
    const { pending: one, started } = STARTING;
    await addTally(tx, campaignId, lane, {
      ...tallyOf([]),
      pending: one * taken.length,
      started: started * taken.length,
    });
    return taken.toSorted((a, b) => a.position - b.position);
  });
}

/** What may change of a certificate in a campaign. */
export type ItemChange = Pick<
  Updateable<CampaignTables["campaignItems"]>,
  "state" | "orderedGeneration" | "newSerial" | "replacedAt" | "revokedAt" | "looks" | "problem" | "nextAt"
>;

/**
 * Changes what is taken, and counts it. Undefined, and nothing changes, when it is somebody else's by now: the lease is
 * the fence.
 */
export async function moveItem(
  tx: Tx,
  lane: number,
  item: CampaignItem,
  change: ItemChange,
): Promise<CampaignItem | undefined> {
  const { campaignId, certificateArn, state, nextAt } = item;
  const moved = await tx
    .updateTable("campaignItems")
    .set(change)
    .where("campaignId", "=", campaignId)
    .where("certificateArn", "=", certificateArn)
    .where("state", "=", state)
    .where("nextAt", nextAt === null ? "is" : "=", nextAt)
    .returning(COLUMNS)
    .executeTakeFirst();
  if (moved) await addTally(tx, campaignId, lane, tallyChange(item, moved));
  return moved;
}

/** When the next certificate that waits is due; undefined when none waits. */
export async function nextItemAt(db: Db, campaignId: string): Promise<EpochMillis | undefined> {
  const row = await db
    .selectFrom("campaignItems")
    .select("nextAt")
    .where("campaignId", "=", campaignId)
    .where("nextAt", "is not", null)
    .orderBy("nextAt")
    .limit(1)
    .executeTakeFirst();
  return row?.nextAt ?? undefined;
}

/** Some certificates with which a campaign is not done. */
export async function openItems(db: Db, campaignId: string, limit: number): Promise<readonly CampaignItem[]> {
  for (const state of OPEN) {
    const items = await db
      .selectFrom("campaignItems")
      .select(COLUMNS)
      .where("campaignId", "=", campaignId)
      .where("state", "=", state)
      .orderBy("position")
      .orderBy("certificateArn")
      .limit(limit)
      .execute();
    if (items.length > 0) return items;
  }
  return [];
}

/** The place of a certificate in the order of a campaign. */
export interface ItemPlace {
  readonly position: number;
  readonly certificateArn: CertificateArn;
}

/** The next certificates of a campaign, the most exposed first. */
export async function pageItems(
  db: Db,
  campaignId: string,
  {
    state,
    after,
    limit,
  }: { readonly state: ItemState | undefined; readonly after: ItemPlace | undefined; readonly limit: number },
): Promise<readonly CampaignItem[]> {
  return await db
    .selectFrom("campaignItems")
    .select(COLUMNS)
    .where("campaignId", "=", campaignId)
    .$if(state !== undefined, (query) => query.where("state", "=", state ?? "PENDING"))
    .$if(after !== undefined, (query) =>
      query.where((row) =>
        row(
          row.refTuple("position", "certificateArn"),
          ">",
          row.tuple(after?.position ?? 0, after?.certificateArn ?? ("" as CertificateArn)),
        ),
      ),
    )
    .orderBy("position")
    .orderBy("certificateArn")
    .limit(limit)
    .execute();
}

/** The lane of those who plan and abort. */
export const PLANNER = -1;

const STARTING = { pending: -1, started: 1 } as const;
const OPEN: readonly ItemState[] = ITEM_STATES.filter((state) => IS_OPEN[state]);

const COLUMNS = [
  "campaignId",
  "certificateArn",
  "account",
  "region",
  "domainName",
  "position",
  "fate",
  "state",
  "generation",
  "serial",
  "exported",
  "users",
  "orderedGeneration",
  "newSerial",
  "replacedAt",
  "revokedAt",
  "looks",
  "problem",
  "nextAt",
] as const;
