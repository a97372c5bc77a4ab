import { listCampaigns } from "#campaigns/describe.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { type ListName, readPageToken, writePageToken } from "#rehearsal/page-token.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownCampaign } from "./campaigns.ts";

/** All campaigns, the newest first. */
export const ListCampaigns: SealkeeperOperation<"ListCampaigns"> = async (
  { MaxResults = 100, NextToken },
  caller,
  deps,
) => {
  const list: ListName = [caller, "campaigns"];
  const place = NextToken === undefined ? undefined : readPageToken(NextToken, list);
  const before = place && { createdAt: place.numbers[0], id: place.arn };
  const found = await listCampaigns(before, MaxResults + 1, caller, deps);
  const page = found.slice(0, MaxResults);
  const last = page.at(-1)?.campaign;
  const next = last && { numbers: [last.createdAt, 0] as const, arn: last.id as CertificateArn };
  return {
    Campaigns: page.map(shownCampaign),
    NextToken: next && found.length > MaxResults ? writePageToken(next, list) : undefined,
  };
};
