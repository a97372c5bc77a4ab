import { listRehearsals } from "#rehearsal/list.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownSummary } from "./wire.ts";

/** What the latest rehearsals came to, by hand or by themselves; the worst first. */
export const ListRehearsals: SealkeeperOperation<"ListRehearsals"> = async (
  { Verdict, Owner, MaxResults = 100, NextToken },
  caller,
  deps,
) => {
  const request = { verdict: Verdict, owner: Owner, limit: MaxResults, pageToken: NextToken };
  const { rehearsals, nextToken } = await listRehearsals(request, caller, deps);
  return { Rehearsals: rehearsals.map(shownSummary), NextToken: nextToken };
};
