import { campaignArn } from "#domain/campaign/campaign.ts";
import { campaignEvent } from "#domain/campaign/events.ts";
import type { Tally } from "#domain/campaign/tally.ts";
import { publishIn } from "#journal/events.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { readTally } from "#store/campaign-tallies.ts";
import type { CampaignRow } from "#store/campaigns.ts";
import type { Tx } from "#store/store.ts";

/** What happens to campaigns, as the journal names it. */
export type CampaignAct =
  | "CampaignPlanned"
  | "CampaignStarted"
  | "CampaignPaused"
  | "CampaignResumed"
  | "CampaignAborted"
  | "CampaignFinished";

interface RecordDeps {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Who does it: the operator, or the campaign by itself on behalf of whoever ordered it. */
export interface ActedBy {
  readonly principal: string;
  readonly accessKeyId?: string;
  readonly requestId: string;
}

/**
 * Writes into the journal what happens to a campaign that is held, and tells those who listen to events, in the
 * transaction in which it happens.
 */
export async function recordCampaign(
  tx: Tx,
  campaign: CampaignRow,
  act: CampaignAct,
  by: ActedBy,
  deps: RecordDeps,
): Promise<void> {
  const { account, region } = campaign;
  const resource = campaignArn(campaign, campaign.id);
  await recordIn(tx, { account, region, ...by, eventSource: SOURCE, eventName: act, resource }, deps.clock);
  const tally: Tally = await readTally(tx, campaign.id);
  const content = campaignEvent(act, campaign, tally);
  if (content) await publishIn(tx, { ...content, account, region, resources: [resource] }, deps);
}

/** Writes into the journal what a campaign does to a certificate, and who ordered it. */
export async function recordForCertificate(
  tx: Tx,
  campaign: Pick<CampaignRow, "id" | "orderedBy">,
  certificate: { readonly arn: string; readonly account: string; readonly region: string },
  act: "CampaignOrderedVersion" | "CampaignRevokedVersion",
  { clock }: Pick<RecordDeps, "clock">,
): Promise<void> {
  const { arn: resource, account, region } = certificate;
  const { orderedBy: principal, id: requestId } = campaign;
  await recordIn(tx, { account, region, principal, requestId, eventSource: SOURCE, eventName: act, resource }, clock);
}

const SOURCE = "campaigns.sealkeeper";
