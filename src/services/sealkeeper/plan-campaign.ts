import { describeCampaign } from "#campaigns/describe.ts";
import { planCampaign } from "#campaigns/plan.ts";
import type { SealkeeperOperation } from "./api.ts";
import { readManner, readSelection, shownCampaign } from "./campaigns.ts";

/** Selects the certificates of a mass revocation and re-issue; nothing is done to them before it is started. */
export const PlanCampaign: SealkeeperOperation<"PlanCampaign"> = async (
  { Selection, Reason, ...manner },
  caller,
  deps,
) => {
  const request = { selection: readSelection(Selection), reason: Reason, manner: readManner(manner) };
  const { id } = await planCampaign(request, caller, deps);
  return { Campaign: shownCampaign(await describeCampaign(id, caller, deps)) };
};
