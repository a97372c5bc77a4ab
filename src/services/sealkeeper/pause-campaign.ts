import { pauseCampaign } from "#campaigns/change.ts";
import { describeCampaign } from "#campaigns/describe.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownCampaign } from "./campaigns.ts";

/** Pauses a campaign: nothing further is begun or revoked. */
export const PauseCampaign: SealkeeperOperation<"PauseCampaign"> = async ({ CampaignId }, caller, deps) => {
  await pauseCampaign(CampaignId, caller, deps);
  return { Campaign: shownCampaign(await describeCampaign(CampaignId, caller, deps)) };
};
