import { describeCampaign } from "#campaigns/describe.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownCampaign } from "./campaigns.ts";

/** A campaign, how far it is, and when it will be done. */
export const DescribeCampaign: SealkeeperOperation<"DescribeCampaign"> = async ({ CampaignId }, caller, deps) => ({
  Campaign: shownCampaign(await describeCampaign(CampaignId, caller, deps)),
});
