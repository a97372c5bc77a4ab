import { startCampaign } from "#campaigns/change.ts";
import { describeCampaign } from "#campaigns/describe.ts";
import type { SealkeeperOperation } from "./api.ts";
import { readManner, shownCampaign } from "./campaigns.ts";

/** Starts a planned campaign: certificates are replaced and revoked, the most exposed first. */
export const StartCampaign: SealkeeperOperation<"StartCampaign"> = async ({ CampaignId, ...manner }, caller, deps) => {
  await startCampaign(CampaignId, readManner(manner), caller, deps);
  return { Campaign: shownCampaign(await describeCampaign(CampaignId, caller, deps)) };
};
