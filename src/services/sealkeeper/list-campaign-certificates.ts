import { listItems } from "#campaigns/describe.ts";
import { type ListName, readPageToken, writePageToken } from "#rehearsal/page-token.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownItem } from "./campaigns.ts";

/** The certificates of a campaign, the most exposed first, and how far each of them is. */
export const ListCampaignCertificates: SealkeeperOperation<"ListCampaignCertificates"> = async (
  { CampaignId, State, MaxResults = 100, NextToken },
  caller,
  deps,
) => {
  const list: ListName = [caller, "campaign", CampaignId, State];
  const place = NextToken === undefined ? undefined : readPageToken(NextToken, list);
  const after = place && { position: place.numbers[0], certificateArn: place.arn };
  const found = await listItems(CampaignId, { state: State, after, limit: MaxResults + 1 }, caller, deps);
  const page = found.slice(0, MaxResults);
  const last = page.at(-1);
  const next = last && { numbers: [last.position, 0] as const, arn: last.certificateArn };
  return {
    Certificates: page.map(shownItem),
    NextToken: next && found.length > MaxResults ? writePageToken(next, list) : undefined,
  };
};
