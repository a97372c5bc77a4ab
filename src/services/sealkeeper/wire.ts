import { Refusal } from "#domain/refusal.ts";
import type { Finding as FoundHere, LookupLine, RecordToWrite as RecordHere } from "#domain/rehearsal/rehearsal.ts";
import type { DescribedRehearsal } from "#rehearsal/describe.ts";
import type { StoredRehearsal } from "#rehearsal/list.ts";
import type { Rehearsal as RehearsedNow } from "#rehearsal/rehearse.ts";
import type { Finding, Lookup, RecordToWrite, Rehearsal, RehearsalSummary } from "./api.ts";

/** A rehearsal of this moment. */
export function shownRehearsal(rehearsal: RehearsedNow): Rehearsal {
  const { subject, verdict, problem, record, owner, renewsAt, actBy, findings } = rehearsal;
  return {
    CertificateArn: subject.certificate.arn,
    DomainName: subject.certificate.domainName,
    Verdict: verdict,
    Problem: problem,
    Record: record && shownRecord(record),
    Owner: owner,
    RenewsAt: renewsAt,
    ActBy: actBy,
    RehearsedAt: subject.now,
    Findings: findings.map(shownFinding),
  };
}

/** One that was kept, without what was found. */
export function shownSummary(stored: StoredRehearsal): RehearsalSummary {
  const { certificateArn, domainName, verdict, problem, record, owner, renewsAt, actBy, rehearsedAt, since } = stored;
  return {
    CertificateArn: certificateArn,
    DomainName: domainName,
    Verdict: verdict,
    Problem: problem ?? undefined,
    Record: record && shownRecord(record),
    Owner: owner ?? undefined,
    RenewsAt: shownTime(renewsAt),
    ActBy: shownTime(actBy),
    RehearsedAt: new Date(rehearsedAt),
    Since: new Date(since),
  };
}

/** One that was kept, with everything. */
export function shownKept(stored: DescribedRehearsal): Rehearsal {
  return { ...shownSummary(stored), Findings: stored.findings.map(shownFinding) };
}

/** What was asked, and what came of it. */
export function shownLookup({ name, type, server, answer, failure }: LookupLine): Lookup {
  return { Name: name, Type: type, Server: server, Answer: answer, Failure: failure };
}

export function shownTime(millis: number | null | undefined): Date | undefined {
  return millis === null || millis === undefined ? undefined : new Date(millis);
}

function shownFinding({ check, outcome, message, domainName, record, lookups }: FoundHere): Finding {
  return {
    Check: check,
    Outcome: outcome,
    Message: message,
    DomainName: domainName,
    Record: record && shownRecord(record),
    Lookups: lookups?.map(shownLookup),
  };
}

function shownRecord({ name, type, value }: RecordHere): RecordToWrite {
  return { Name: name, Type: type, Value: value };
}

/** The name behind which a page begins. Throws `page-token-invalid` for what was never answered. */
export function placeOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const name = Buffer.from(token, "base64url").toString();
  if (/^[a-z0-9-]{1,63}$/.test(name)) return name;
  throw new Refusal("page-token-invalid", "The NextToken is not one that was answered.");
}

/** Where the next page begins; undefined when this one was not full. */
export function nextName(last: string | undefined, count: number, limit: number): string | undefined {
  return last === undefined || count < limit ? undefined : Buffer.from(last).toString("base64url");
}
