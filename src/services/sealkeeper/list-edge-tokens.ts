import { joinTokens } from "#identity/join-tokens.ts";
import type { SealkeeperOperation } from "./api.ts";
import { nextName, placeOf, shownTime } from "./wire.ts";

/** Tokens for edges, without their secrets; they are forgotten a day after they have expired. */
export const ListEdgeTokens: SealkeeperOperation<"ListEdgeTokens"> = async (
  { MaxResults = 100, NextToken },
  caller,
  deps,
) => {
  const tokens = await joinTokens(placeOf(NextToken), MaxResults, caller, deps);
  return {
    Tokens: tokens.map(({ id, edge, zone, addresses, createdAt, expiresAt, usedAt, usedBy }) => ({
      TokenId: id,
      EdgeName: edge ?? undefined,
      Zone: zone ?? undefined,
      Addresses: addresses ?? undefined,
      CreatedAt: new Date(createdAt),
      ExpiresAt: new Date(expiresAt),
      UsedAt: shownTime(usedAt),
      UsedBy: usedBy ?? undefined,
    })),
    NextToken: nextName(tokens.at(-1)?.id, tokens.length, MaxResults),
  };
};
