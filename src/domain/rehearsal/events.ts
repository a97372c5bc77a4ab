import { daysToExpiry, type EventContent, OWN_SOURCE } from "#domain/events/certificate-events.ts";
import type { RecordToWrite, Verdict } from "./rehearsal.ts";

/** A rehearsal as events tell of it. Times are milliseconds since 1970. */
export interface ToldRehearsal {
  readonly verdict: Verdict;
  readonly domainName: string;
  readonly problem: string | null;
  readonly record: RecordToWrite | undefined;
  readonly owner: string | null;
  readonly actBy: number | null;
}

/**
 * What is to be said when a rehearsal came to something else than the one before: that the certificate would not be
 * renewed, and why; or that this is over. Undefined when nobody needs to hear of it.
 */
export function rehearsalEvent(
  told: ToldRehearsal,
  before: Pick<ToldRehearsal, "verdict" | "problem"> | undefined,
  now: Date,
): EventContent | undefined {
  const { verdict, domainName, problem, record, owner, actBy } = told;
  const changed = before?.verdict !== verdict || before.problem !== problem;
  if (verdict === "WOULD_NOT_RENEW" && changed) {
    return {
      source: OWN_SOURCE,
      detailType: "Sealkeeper Certificate Would Not Renew",
      detail: {
        CommonName: domainName,
        Problem: problem ?? "",
        ...(record && { Record: { Name: record.name, Type: record.type, Value: record.value } }),
        ...(owner === null ? {} : { Owner: owner }),
        ...(actBy === null ? {} : { ActBy: new Date(actBy).toISOString(), DaysToExpiry: daysToExpiry(actBy, now) }),
      },
    };
  }
  if (verdict !== "WOULD_NOT_RENEW" && before?.verdict === "WOULD_NOT_RENEW") {
    return {
      source: OWN_SOURCE,
      detailType: "Sealkeeper Certificate Would Renew Again",
      detail: { CommonName: domainName, Verdict: verdict, ...(owner === null ? {} : { Owner: owner }) },
    };
  }
  return undefined;
}
