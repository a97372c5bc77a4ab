import type { ItemState } from "#domain/campaign/item.ts";
import { NO_PLAN, type Plan, toBegin } from "#domain/campaign/plan.ts";
import { openOf, type Tally } from "#domain/campaign/tally.ts";
import type { Caller } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { type CampaignItem, type ItemPlace, pageItems } from "#store/campaign-items.ts";
import { readTally } from "#store/campaign-tallies.ts";
import { type CampaignPlace, type CampaignRow, pageCampaigns } from "#store/campaigns.ts";
import { usersOf } from "#store/certificate-associations.ts";
import type { Db, Store } from "#store/store.ts";
import { checkOperator, readCampaign } from "./operator.ts";

/** A campaign, how far it is, and when it will be done. */
export interface DescribedCampaign {
  readonly campaign: CampaignRow;
  readonly plan: Plan;
  readonly tally: Tally;
  /** For how long it has run, without its pauses. */
  readonly ran: Millis;
  /** Certificates in a second on the average of its time so far, replaced and done with; undefined before the first. */
  readonly pace: number | undefined;
  /** When it will be done at this pace, or at the rate that was asked for; undefined where nobody can say. */
  readonly endsAt: Date | undefined;
}

interface Deps {
  readonly store: Store;
  readonly clock: Clock;
}

/** Throws `campaign-not-found` and `campaign-not-yours`. */
export async function describeCampaign(id: string, caller: Caller, deps: Deps): Promise<DescribedCampaign> {
  return await describe(deps.store, await readCampaign(deps.store, id, caller), deps.clock.now());
}

/** The next campaigns, the newest first. Throws `campaign-not-yours`. */
export async function listCampaigns(
  before: CampaignPlace | undefined,
  limit: number,
  caller: Caller,
  { store, clock }: Deps,
): Promise<readonly DescribedCampaign[]> {
  checkOperator(caller);
  const rows = await pageCampaigns(store, before, limit);
  return await Promise.all(rows.map((row) => describe(store, row, clock.now())));
}

/** A certificate of a campaign, and who uses it now. */
export interface DescribedItem extends CampaignItem {
  readonly inUseBy: readonly string[];
}

/** The next certificates of a campaign, the most exposed first. Throws `campaign-not-found` and `campaign-not-yours`. */
export async function listItems(
  id: string,
  page: { readonly state: ItemState | undefined; readonly after: ItemPlace | undefined; readonly limit: number },
  caller: Caller,
  { store }: Pick<Deps, "store">,
): Promise<readonly DescribedItem[]> {
  const campaign = await readCampaign(store, id, caller);
  const items = await pageItems(store, campaign.id, page);
  return await Promise.all(
    items.map(async (item) => ({
      ...item,
      inUseBy: item.users > 0 ? await usersOf(store, item.certificateArn) : [],
    })),
  );
}

async function describe(db: Db, campaign: CampaignRow, now: Date): Promise<DescribedCampaign> {
  const plan = campaign.plan === null ? NO_PLAN : (JSON.parse(campaign.plan) as Plan);
  const tally = await readTally(db, campaign.id);
  const { ranFor, runningSince } = campaign;
  const ran = ranFor + (runningSince === null ? 0 : now.getTime() - runningSince);
  const pace = tally.done === 0 || ran <= 0 ? undefined : (tally.done * SECOND) / ran;
  return { campaign, plan, tally, ran, pace, endsAt: endOf(campaign, plan, tally, pace, now) };
}

/** Those that wait for others are left out: nobody knows when a record is written again. */
function endOf(
  { state, rate }: CampaignRow,
  plan: Plan,
  tally: Tally,
  pace: number | undefined,
  now: Date,
): Date | undefined {
  if (state === "RUNNING" && pace !== undefined) {
    return later(now, ((openOf(tally) - tally.troubled) / pace) * SECOND);
  }
  if (state === "PLANNED" || state === "RUNNING")
    return rate === 0 ? undefined : later(now, (toBegin(plan) / rate) * SECOND);
  return undefined;
}
