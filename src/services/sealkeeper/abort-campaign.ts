import { abortCampaign } from "#campaigns/change.ts";
import { describeCampaign } from "#campaigns/describe.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownCampaign } from "./campaigns.ts";

/** Ends a campaign for good where it is. */
export const AbortCampaign: SealkeeperOperation<"AbortCampaign"> = async ({ CampaignId }, caller, deps) => {
  await abortCampaign(CampaignId, caller, deps);
  return { Campaign: shownCampaign(await describeCampaign(CampaignId, caller, deps)) };
};
