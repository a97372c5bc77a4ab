import { resumeCampaign } from "#campaigns/change.ts";
import { describeCampaign } from "#campaigns/describe.ts";
import type { SealkeeperOperation } from "./api.ts";
import { readManner, shownCampaign } from "./campaigns.ts";

/** Lets a paused campaign go on, in another manner where that is said. */
export const ResumeCampaign: SealkeeperOperation<"ResumeCampaign"> = async (
  { CampaignId, ...manner },
  caller,
  deps,
) => {
  await resumeCampaign(CampaignId, readManner(manner), caller, deps);
  return { Campaign: shownCampaign(await describeCampaign(CampaignId, caller, deps)) };
};
