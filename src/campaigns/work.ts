import { hasCome, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import {
  type CampaignItem,
  nextItemAt,
  openItems,
  type Taking,
  takeDueItems,
  takePendingItems,
} from "#store/campaign-items.ts";
import { type CampaignRow, findCampaign } from "#store/campaigns.ts";
import { type AdvanceItemDeps, advanceItem } from "./advance-item.ts";
import { finishCampaign, haltCampaign } from "./change.ts";

export interface WorkDeps extends AdvanceItemDeps {
  /** Told of what went wrong with one certificate; it is tried again, and the others go on. */
  readonly onItemError?: (certificateArn: string, error: unknown) => void;
}

/**
 * The job WORK: one lane of a campaign. It takes certificates one after the other, those that wait and are due before new
 * ones, and gives way to other jobs every second. Where it dies, what it had taken is due again when its lease ends.
 */
export async function workLane(subject: string, deps: WorkDeps): Promise<Date | undefined> {
  const [id = "", number = ""] = subject.split("/");
  const lane = Number(number);
  const { store, clock } = deps;
  const began = clock.now();
  const end = later(began, TURN);
  let begun = 0;
  for (;;) {
    const campaign = await findCampaign(store, id);
    if (campaign?.state !== "RUNNING" || lane >= campaign.concurrency) return undefined;
    const items = await take(campaign, lane, deps);
    if (items.length === 0) return await rest(campaign, deps);
    for (const item of items) {
      if (!(await isRunning(id, deps))) return undefined; // what is left is due when its lease ends
      await advance(item, campaign, lane, deps);
      if (item.state === "STARTED") begun += 1;
    }
    const now = clock.now();
    const next = nextTurn(campaign, began, begun);
    if (!hasCome(next, now)) return next;
    if (hasCome(end, now)) return now;
  }
}

/** When a lane may begin with the next certificate: the rate is shared evenly. At the deadline nothing is spared. */
function nextTurn({ rate, concurrency, revokeAtDeadline, deadline }: CampaignRow, began: Date, begun: number): Date {
  if (rate === 0) return began;
  const next = later(began, Math.ceil((begun * concurrency * SECOND) / rate));
  return revokeAtDeadline === 1 && deadline !== null && next.getTime() > deadline ? new Date(deadline) : next;
}

async function take(campaign: CampaignRow, lane: number, { store, clock }: WorkDeps): Promise<readonly CampaignItem[]> {
  const now = clock.now();
  const taking: Taking = {
    campaignId: campaign.id,
    lane,
    now: now.getTime(),
    leaseEnd: later(now, LEASE).getTime(),
  };
  const due = await takeDueItems(store, taking, AT_ONCE / 2);
  const isLate = campaign.deadline !== null && campaign.deadline <= now.getTime();
  const share = campaign.rate === 0 || isLate ? AT_ONCE : Math.ceil(campaign.rate / campaign.concurrency);
  const pending = await takePendingItems(store, taking, Math.min(AT_ONCE - due.length, share));
  return [...due, ...pending];
}

/** One certificate must not hold up the others: what goes wrong with it is told, and it is due again later. */
async function advance(item: CampaignItem, campaign: CampaignRow, lane: number, deps: WorkDeps): Promise<void> {
  const onStop = (problem: string): Promise<void> => haltCampaign(campaign.id, problem, deps);
  try {
    await advanceItem(item, campaign, lane, { ...deps, onStop });
  } catch (error) {
    deps.onItemError?.(item.certificateArn, error);
  }
}

async function isRunning(id: string, { store }: WorkDeps): Promise<boolean> {
  return (await findCampaign(store, id))?.state === "RUNNING";
}

/** Nothing is to be taken at this moment: until when, or that all is done. */
async function rest({ id }: CampaignRow, deps: WorkDeps): Promise<Date | undefined> {
  const { store, clock } = deps;
  const next = await nextItemAt(store, id);
  const now = clock.now().getTime();
  if (next !== undefined) return new Date(Math.min(Math.max(next, now + SHORTEST_REST), now + LONGEST_REST));
  if ((await openItems(store, id, 1)).length > 0) return later(clock.now(), SHORTEST_REST);
  await finishCampaign(id, deps);
  return undefined;
}

const TURN: Millis = SECOND;
const AT_ONCE = 8;
/** Longer than any certificate takes that is worked on; whoever takes one twice does no harm. */
const LEASE: Millis = 30 * SECOND;
const SHORTEST_REST: Millis = SECOND / 4;
const LONGEST_REST: Millis = MINUTE;
