import type { CrlReason } from "#domain/certificate/revocation.ts";
import type { Caller } from "#domain/names.ts";
import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { type CampaignRow, holdCampaign, insertCampaign } from "#store/campaigns.ts";
import type { Store } from "#store/store.ts";
import { SELECT } from "./jobs.ts";
import { campaignNotFound, checkOperator } from "./operator.ts";
import { type AskedManner, type AskedSelection, readManner, readSelection } from "./read-request.ts";
import { recordCampaign } from "./record.ts";

export interface PlanRequest {
  readonly selection: AskedSelection;
  readonly reason: CrlReason;
  readonly manner: AskedManner;
}

export interface PlanDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Plans a campaign: certificates are selected from now on, and nothing is done to any of them before it is started.
 * Throws `campaign-input-invalid` and `campaign-not-yours`.
 */
export async function planCampaign(request: PlanRequest, caller: Caller, deps: PlanDeps): Promise<CampaignRow> {
  checkOperator(caller);
  const { selection: asked, reason, manner } = request;
  const selection = await readSelection(deps.store, asked);
  const columns = readManner(manner, reason);
  const now = deps.clock.now();
  const id = deps.ids.hex(8);
  return await deps.store.transaction().execute(async (tx) => {
    await insertCampaign(tx, {
      ...columns,
      id,
      account: caller.account,
      region: caller.region,
      state: "PLANNING",
      selection: JSON.stringify(selection),
      asked: JSON.stringify(asked),
      reason,
      orderedBy: caller.arn,
      createdAt: now.getTime(),
      ranFor: 0,
    });
    await enqueue(tx, { task: SELECT, subject: id }, now);
    const campaign = await holdCampaign(tx, id);
    if (!campaign) throw campaignNotFound(id);
    await recordCampaign(tx, campaign, "CampaignPlanned", { ...caller, principal: caller.arn }, deps);
    return campaign;
  });
}
