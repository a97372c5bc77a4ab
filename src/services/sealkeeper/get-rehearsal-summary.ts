import { lastRound } from "#rehearsal/describe.ts";
import type { SealkeeperOperation } from "./api.ts";

/** What the last daily rehearsal came to; empty before the first has come to its end. */
export const GetRehearsalSummary: SealkeeperOperation<"GetRehearsalSummary"> = async (_input, caller, deps) => {
  const round = await lastRound(caller, deps);
  if (!round) return {};
  return {
    FinishedAt: new Date(round.at),
    WouldRenew: round.counts.WOULD_RENEW,
    WouldNotRenew: round.counts.WOULD_NOT_RENEW,
    NotRenewedByUs: round.counts.NOT_RENEWED_BY_US,
  };
};
