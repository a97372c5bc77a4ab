import type { CertificateArn } from "#domain/arn.ts";
import type { CampaignState } from "#domain/campaign/campaign.ts";
import type { Fate, ItemState } from "#domain/campaign/item.ts";
import type { Tally } from "#domain/campaign/tally.ts";
import type { CrlReason } from "#domain/certificate/revocation.ts";
import type { AccountId, DomainName, Region } from "#domain/names.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface CampaignTables {
  /** Mass revocations and re-issues: what is against which certificates, and how far it is. */
  campaigns: {
    id: Fixed<string>;
    /** Of whoever planned it: events are told there. */
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    state: CampaignState;
    /** JSON: a Selection; and the same as it was asked for. */
    selection: Fixed<string>;
    asked: Fixed<string>;
    /** Whether the issuer that it is against may sign the new versions: 1 or 0. */
    sameIssuer: number;
    reason: Fixed<CrlReason>;
    /** How long after its start the old versions must be revoked, in milliseconds. */
    deadlineAfter: number;
    /** Whether they are revoked then, replaced or not: 1 or 0. */
    revokeAtDeadline: number;
    /** Certificates begun in a second; 0: as many as there can be. */
    rate: number;
    /** How many certificates are worked on at a time. */
    concurrency: number;
    /** The principal who planned it, and afterwards whoever started or resumed it last. */
    orderedBy: string;
    createdAt: Fixed<EpochMillis>;
    /** How far the selection has come; null at its beginning, and when it is done. */
    afterArn: CertificateArn | null;
    /** JSON: a Plan; null before the selection has found anything. */
    plan: string | null;
    plannedAt: EpochMillis | null;
    startedAt: EpochMillis | null;
    deadline: EpochMillis | null;
    /** Since when it runs, and for how long it ran before; null while it does not. */
    runningSince: EpochMillis | null;
    ranFor: number;
    endedAt: EpochMillis | null;
    /** Why it was paused by itself. */
    problem: string | null;
  };
  /** A certificate in a campaign. It stays when the certificate is deleted: reports are read for long. */
  campaignItems: {
    campaignId: Fixed<string>;
    certificateArn: Fixed<CertificateArn>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    domainName: Fixed<DomainName>;
    /** The most exposed first: `rankOf`. */
    position: Fixed<number>;
    fate: Fixed<Fate>;
    state: ItemState;
    /** The version that was selected, and its serial number. */
    generation: Fixed<number>;
    serial: Fixed<string | null>;
    /** Whether its key was handed out: 1 or 0. */
    exported: Fixed<number>;
    /** How many resources used it. */
    users: Fixed<number>;
    /** The version that was in force when another one was ordered; null before. */
    orderedGeneration: number | null;
    newSerial: string | null;
    replacedAt: EpochMillis | null;
    revokedAt: EpochMillis | null;
    /** Looks in its present state. */
    looks: number;
    problem: string | null;
    /** When it is looked at next; null for those that are pending, and those that are over. */
    nextAt: EpochMillis | null;
  };
  /** How many certificates are how far. The sum over all lanes counts: each of them writes its own row. */
  campaignTallies: { readonly [Name in keyof Tally]: number } & {
    campaignId: Fixed<string>;
    lane: Fixed<number>;
  };
}
