import type { ApiClient } from "#cli/rehearse/api-client.ts";
import { SECOND } from "#lib/duration.ts";
import type { Campaign } from "#services/sealkeeper/campaign-api.ts";

/** Waits until a campaign is something else than `state`. */
export async function leaveState(
  api: ApiClient,
  region: string,
  campaign: Campaign,
  state: Campaign["State"],
): Promise<Campaign> {
  let now = campaign;
  while (now.State === state) {
    await pause(SECOND / 4);
    now = await read(api, region, campaign.CampaignId);
  }
  return now;
}

/** Shows a campaign every two seconds, with the pace since the time before, until it runs no longer. */
export async function watch(
  api: ApiClient,
  region: string,
  id: string,
  show: (campaign: Campaign, pace: number | undefined) => void,
): Promise<Campaign> {
  let before: { readonly done: number; readonly at: number } | undefined;
  for (;;) {
    const campaign = await read(api, region, id);
    const at = performance.now();
    const done = campaign.Counts.Done;
    show(campaign, before && ((done - before.done) * SECOND) / (at - before.at));
    if (campaign.State !== "RUNNING" && campaign.State !== "PLANNING") return campaign;
    before = { done, at };
    await pause(2 * SECOND);
  }
}

export async function read(api: ApiClient, region: string, CampaignId: string): Promise<Campaign> {
  return (await api.call("DescribeCampaign", { CampaignId }, region)).Campaign;
}

function pause(length: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, length));
}
