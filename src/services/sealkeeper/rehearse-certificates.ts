import { rehearsePage } from "#rehearsal/now.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownRehearsal } from "./wire.ts";

/** A page of the caller's certificates in this region, rehearsed now. */
export const RehearseCertificates: SealkeeperOperation<"RehearseCertificates"> = async (
  { MaxResults = 10, NextToken },
  caller,
  deps,
) => {
  const { rehearsals, nextToken } = await rehearsePage({ limit: MaxResults, pageToken: NextToken }, caller, deps);
  return { Rehearsals: rehearsals.map(shownRehearsal), NextToken: nextToken };
};
