import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId, DomainName, Region } from "#domain/names.ts";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface RehearsalTables {
  /** What the latest rehearsal of each certificate came to. It goes with the certificate. */
  certificateRehearsals: {
    certificateArn: Fixed<CertificateArn>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    domainName: DomainName;
    verdict: Verdict;
    /** The verdict as a number: the worst is 0. */
    urgency: number;
    /** `actBy`, else `renewsAt`, else beyond all time: among equals the soonest first. */
    urgentAt: EpochMillis;
    /** Who looks after it: the value of its owner tag; null where it has none. */
    owner: string | null;
    problem: string | null;
    /** JSON: the record to write. */
    record: string | null;
    renewsAt: EpochMillis | null;
    actBy: EpochMillis | null;
    rehearsedAt: EpochMillis;
    /** Since when the verdict and the problem are these. */
    since: EpochMillis;
    /** JSON list. */
    findings: string;
  };
  /** How far the daily rehearsal of an account in a region has come, and what the last one came to. */
  rehearsalRounds: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    beganAt: EpochMillis;
    /** The place of the last certificate rehearsed; null at the beginning and between two rounds. */
    afterCreatedAt: EpochMillis | null;
    afterArn: CertificateArn | null;
    wouldRenew: number;
    wouldNotRenew: number;
    notRenewedByUs: number;
    finishedAt: EpochMillis | null;
    /** JSON: the counts of the last round that came to its end. */
    finished: string | null;
  };
}
