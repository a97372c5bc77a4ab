import type { CrlReason } from "#domain/certificate/revocation.ts";
import { Refusal } from "#domain/refusal.ts";
import { DAY, MINUTE, type Millis } from "#lib/duration.ts";

/**
 * How far a campaign is. `PLANNING`: certificates are being selected; `PLANNED`: nothing is changed before somebody
 * starts it; `PAUSED`: nothing further is begun or revoked until it is resumed.
 */
export type CampaignState = "PLANNING" | "PLANNED" | "RUNNING" | "PAUSED" | "ABORTED" | "FINISHED";

export type CampaignEvent = "planned" | "started" | "paused" | "resumed" | "aborted" | "finished";

const TRANSITIONS = {
  PLANNING: { planned: "PLANNED", aborted: "ABORTED" },
  PLANNED: { started: "RUNNING", aborted: "ABORTED" },
  RUNNING: { paused: "PAUSED", aborted: "ABORTED", finished: "FINISHED" },
  PAUSED: { resumed: "RUNNING", aborted: "ABORTED" },
  ABORTED: {},
  FINISHED: {},
} as const satisfies Record<CampaignState, Partial<Record<CampaignEvent, CampaignState>>>;

/** Every state, for those who must name them all. */
export const CAMPAIGN_STATES: readonly CampaignState[] = Object.keys(TRANSITIONS) as CampaignState[];

/** What a campaign is after `event`. Throws `campaign-state-forbids` where the event cannot happen to it. */
export function campaignAfter(event: CampaignEvent, { id, state }: CampaignName): CampaignState {
  const row: Partial<Record<CampaignEvent, CampaignState>> = TRANSITIONS[state];
  const next = row[event];
  if (next !== undefined) return next;
  throw new Refusal("campaign-state-forbids", `The campaign ${id} is ${state} and cannot be ${event}.`);
}

export interface CampaignName {
  readonly id: string;
  readonly state: CampaignState;
}

/**
 * How long the BRs leave for the revocation of subscriber certificates (section 4.9.1.1): a day where a key is no longer
 * its owner's alone, five days for everything else.
 */
export function revocationTime(reason: CrlReason): Millis {
  return WITHIN_A_DAY.includes(reason) ? DAY : 5 * DAY;
}

const WITHIN_A_DAY: readonly CrlReason[] = ["keyCompromise", "cACompromise", "aACompromise"];

/** The ARN by which events and the journal name a campaign. */
export function campaignArn(
  { account, region }: { readonly account: string; readonly region: string },
  id: string,
): string {
  return `arn:aws:sealkeeper:${region}:${account}:campaign/${id}`;
}

/** How much of something an operator may ask for. */
export interface Limits {
  readonly least: number;
  readonly most: number;
}

/** How long after its start everything must be revoked, in milliseconds. */
export const DEADLINES: Limits = { least: MINUTE, most: 90 * DAY };
/** Certificates begun in a second; 0: as fast as it goes. */
export const RATES: Limits = { least: 0, most: 10_000 };
export const STANDARD_RATE = 50;
/** Certificates worked on at a time. */
export const CONCURRENCIES: Limits = { least: 1, most: 64 };
export const STANDARD_CONCURRENCY = 8;
