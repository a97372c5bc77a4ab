import { type EventContent, OWN_SOURCE } from "#domain/events/certificate-events.ts";
import type { Tally } from "./tally.ts";
import { totalOf } from "./tally.ts";

/** A campaign as events tell of it. */
export interface ToldCampaign {
  readonly id: string;
  readonly reason: string;
  readonly orderedBy: string;
  readonly deadline: number | null;
  readonly problem: string | null;
}

/** What is to be said of a campaign; undefined where nobody needs to hear of it. */
export function campaignEvent(act: string, campaign: ToldCampaign, tally: Tally): EventContent | undefined {
  const detailType = DETAIL_TYPES[act];
  if (detailType === undefined) return undefined;
  const { id, reason, orderedBy, deadline, problem } = campaign;
  return {
    source: OWN_SOURCE,
    detailType,
    detail: {
      CampaignId: id,
      Reason: reason,
      OrderedBy: orderedBy,
      ...(deadline === null ? {} : { Deadline: new Date(deadline).toISOString() }),
      ...(problem === null ? {} : { Problem: problem }),
      Certificates: totalOf(tally),
      Replaced: tally.replaced,
      Revoked: tally.revoked,
      Done: tally.done,
      Skipped: tally.skipped,
      Left: tally.left,
    },
  };
}

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  CampaignStarted: "Sealkeeper Campaign Started",
  CampaignPaused: "Sealkeeper Campaign Paused",
  CampaignResumed: "Sealkeeper Campaign Resumed",
  CampaignAborted: "Sealkeeper Campaign Aborted",
  CampaignFinished: "Sealkeeper Campaign Finished",
};
