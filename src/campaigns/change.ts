import { issuersSigningNow } from "#ca/signing-now.ts";
import { type CampaignEvent, campaignAfter } from "#domain/campaign/campaign.ts";
import { type Plan, toBegin } from "#domain/campaign/plan.ts";
import type { Selection } from "#domain/campaign/selection.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { later } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { type CampaignChange, type CampaignRow, changeCampaign, holdCampaign } from "#store/campaigns.ts";
import type { Store, Tx } from "#store/store.ts";
import { LEAVE, promiseWork } from "./jobs.ts";
import { campaignNotFound, checkOperator } from "./operator.ts";
import { type AskedManner, readChanges } from "./read-request.ts";
import { type ActedBy, type CampaignAct, recordCampaign } from "./record.ts";

export interface ChangeDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Starts a planned campaign: from now on certificates are replaced and revoked, the most exposed first. Throws
 * `campaign-empty`, `campaign-issuer-still-signs`, `campaign-state-forbids`, `campaign-input-invalid`,
 * `campaign-not-found` and `campaign-not-yours`.
 */
export async function startCampaign(
  id: string,
  manner: AskedManner,
  caller: Caller,
  deps: ChangeDeps,
): Promise<CampaignRow> {
  return await operate(id, "started", "CampaignStarted", caller, deps, async (tx, campaign, now) => {
    const columns = readChanges(manner, campaign);
    checkWorthwhile(campaign);
    if (columns.sameIssuer === 0) await checkIssuer(tx, campaign, now);
    await promiseWork(tx, { id, ...columns }, now);
    const deadline = later(now, columns.deadlineAfter).getTime();
    return { ...columns, startedAt: now.getTime(), runningSince: now.getTime(), deadline, orderedBy: caller.arn };
  });
}

/** Pauses a campaign: what is at work comes to a consistent state, and nothing further is begun or revoked. */
export async function pauseCampaign(id: string, caller: Caller, deps: ChangeDeps): Promise<CampaignRow> {
  return await operate(id, "paused", "CampaignPaused", caller, deps, (_, campaign, now) =>
    Promise.resolve(stopped(campaign, now)),
  );
}

/** Lets a paused campaign go on, in another manner where that is said; its deadline counts from its start. */
export async function resumeCampaign(
  id: string,
  manner: AskedManner,
  caller: Caller,
  deps: ChangeDeps,
): Promise<CampaignRow> {
  return await operate(id, "resumed", "CampaignResumed", caller, deps, async (tx, campaign, now) => {
    const columns = readChanges(manner, campaign);
    await promiseWork(tx, { id, ...columns }, now);
    const deadline = later(new Date(campaign.startedAt ?? now.getTime()), columns.deadlineAfter).getTime();
    return { ...columns, deadline, runningSince: now.getTime(), problem: null, orderedBy: caller.arn };
  });
}

/**
 * Ends a campaign for good where it is: no certificate is begun or revoked any more. Those that have their new version
 * keep it, and those that wait for one only for this campaign wait no longer.
 */
export async function abortCampaign(id: string, caller: Caller, deps: ChangeDeps): Promise<CampaignRow> {
  return await operate(id, "aborted", "CampaignAborted", caller, deps, async (tx, campaign, now) => {
    await enqueue(tx, { task: LEAVE, subject: id }, now);
    return { ...stopped(campaign, now), endedAt: now.getTime() };
  });
}

/** Stops a campaign by itself that helps nobody as it is; somebody must look at it and resume or abort it. */
export async function haltCampaign(id: string, problem: string, deps: ChangeDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const campaign = await holdCampaign(tx, id);
    if (campaign?.state !== "RUNNING") return;
    const change = { ...stopped(campaign, deps.clock.now()), problem };
    await move(tx, campaign, "paused", "CampaignPaused", change, itself(campaign), deps);
  });
}

/** Ends a campaign that has nothing left to do. */
export async function finishCampaign(id: string, deps: ChangeDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const campaign = await holdCampaign(tx, id);
    if (campaign?.state !== "RUNNING") return;
    const now = deps.clock.now();
    const change = { ...stopped(campaign, now), endedAt: now.getTime() };
    await move(tx, campaign, "finished", "CampaignFinished", change, itself(campaign), deps);
  });
}

async function operate(
  id: string,
  event: CampaignEvent,
  act: CampaignAct,
  caller: Caller,
  deps: ChangeDeps,
  changeOf: (tx: Tx, campaign: CampaignRow, now: Date) => Promise<CampaignChange>,
): Promise<CampaignRow> {
  checkOperator(caller);
  return await deps.store.transaction().execute(async (tx) => {
    const campaign = await holdCampaign(tx, id);
    if (!campaign) throw campaignNotFound(id);
    campaignAfter(event, campaign);
    const change = await changeOf(tx, campaign, deps.clock.now());
    return await move(tx, campaign, event, act, change, { ...caller, principal: caller.arn }, deps);
  });
}

async function move(
  tx: Tx,
  campaign: CampaignRow,
  event: CampaignEvent,
  act: CampaignAct,
  change: CampaignChange,
  by: ActedBy,
  deps: ChangeDeps,
): Promise<CampaignRow> {
  await changeCampaign(tx, campaign.id, campaign.state, { ...change, state: campaignAfter(event, campaign) });
  const after = await holdCampaign(tx, campaign.id);
  if (!after) throw campaignNotFound(campaign.id);
  await recordCampaign(tx, after, act, by, deps);
  return after;
}

function stopped({ runningSince, ranFor }: CampaignRow, now: Date): CampaignChange {
  return { runningSince: null, ranFor: ranFor + (runningSince === null ? 0 : now.getTime() - runningSince) };
}

/** On behalf of whoever ordered it. */
function itself({ id, orderedBy }: CampaignRow): ActedBy {
  return { principal: orderedBy, requestId: id };
}

function checkWorthwhile({ id, plan }: CampaignRow): void {
  if (plan !== null && toBegin(JSON.parse(plan) as Plan) > 0) return;
  throw new Refusal(
    "campaign-empty",
    `The campaign ${id} is against no certificate that could be replaced or revoked.`,
  );
}

/** The new versions must not be signed by whom the campaign is against, unless that is what is wanted. */
async function checkIssuer(tx: Tx, { selection }: CampaignRow, now: Date): Promise<void> {
  const { issuer } = JSON.parse(selection) as Selection;
  if (issuer?.kind === "private-ca") {
    throw new Refusal(
      "campaign-issuer-still-signs",
      `A certificate of ${issuer.arn} is replaced by the same CA. Say that the same issuer may sign (SameIssuer, --same-issuer) if that is what you want.`,
    );
  }
  const still =
    issuer?.kind === "built-in" ? (await issuersSigningNow(tx, now)).filter((id) => issuer.ids.includes(id)) : [];
  if (still.length === 0) return;
  throw new Refusal(
    "campaign-issuer-still-signs",
    `${still.join(" and ")} would sign the new versions as well: roll over to another intermediate first, or say that the same issuer may sign (SameIssuer, --same-issuer).`,
  );
}
