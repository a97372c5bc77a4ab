import type { DescribedCampaign, DescribedItem } from "#campaigns/describe.ts";
import type { AskedManner, AskedSelection } from "#campaigns/read-request.ts";
import { SECOND } from "#lib/duration.ts";
import type {
  Campaign,
  CampaignCertificate,
  CampaignCounts,
  CampaignManner,
  CampaignSelection,
  NamedCount,
} from "./campaign-api.ts";
import { shownTime } from "./wire.ts";

/** A campaign as the API shows it. */
export function shownCampaign({ campaign, plan, tally, ran, pace, endsAt }: DescribedCampaign): Campaign {
  const { id, state, reason, deadlineAfter, revokeAtDeadline, rate, concurrency, sameIssuer, orderedBy } = campaign;
  const { createdAt, plannedAt, startedAt, deadline, endedAt, problem } = campaign;
  const counts = Object.entries(tally).map(([name, count]) => [
    `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    count,
  ]);
  return {
    CampaignId: id,
    State: state,
    Selection: shownSelection(JSON.parse(campaign.asked) as StoredSelection),
    Reason: reason,
    DeadlineSeconds: deadlineAfter / SECOND,
    RevokeAtDeadline: revokeAtDeadline === 1,
    Rate: rate,
    Concurrency: concurrency,
    SameIssuer: sameIssuer === 1,
    OrderedBy: orderedBy,
    CreatedAt: new Date(createdAt),
    Plan: {
      Certificates: plan.certificates,
      Uses: plan.uses,
      NeedApproval: plan.needApproval,
      Fates: namedCounts(plan.fates),
      Exposures: namedCounts(plan.exposures),
    },
    Counts: Object.fromEntries(counts) as CampaignCounts,
    PlannedAt: shownTime(plannedAt),
    StartedAt: shownTime(startedAt),
    Deadline: shownTime(deadline),
    EndedAt: shownTime(endedAt),
    RanForSeconds: ran / SECOND,
    Pace: pace,
    EndsAt: endsAt,
    Problem: problem ?? undefined,
  };
}

/** A certificate of a campaign as the API shows it. */
export function shownItem(item: DescribedItem): CampaignCertificate {
  const { certificateArn, domainName, state, fate, inUseBy, exported, serial, newSerial } = item;
  const { replacedAt, revokedAt, problem, nextAt } = item;
  return {
    CertificateArn: certificateArn,
    DomainName: domainName,
    State: state,
    Fate: fate,
    InUseBy: inUseBy,
    Exported: exported === 1,
    Serial: serial ?? undefined,
    NewSerial: newSerial ?? undefined,
    ReplacedAt: shownTime(replacedAt),
    RevokedAt: shownTime(revokedAt),
    Problem: problem ?? undefined,
    NextLookAt: shownTime(nextAt),
  };
}

/** What was asked for, in our words. */
export function readSelection(selection: CampaignSelection): AskedSelection {
  return {
    issuer: selection.Issuer,
    key: selection.KeyFingerprint,
    keyAlgorithms: selection.KeyAlgorithms,
    signatureAlgorithms: selection.SignatureAlgorithms,
    issuedFrom: selection.IssuedFrom,
    issuedBefore: selection.IssuedBefore,
    expiresFrom: selection.ExpiresFrom,
    expiresBefore: selection.ExpiresBefore,
    statuses: selection.Statuses,
    accounts: selection.Accounts,
    regions: selection.Regions,
  };
}

export function readManner(manner: CampaignManner): AskedManner {
  const { DeadlineSeconds: seconds, RevokeAtDeadline, Rate, Concurrency, SameIssuer } = manner;
  return {
    deadline: seconds === undefined ? undefined : seconds * SECOND,
    revokeAtDeadline: RevokeAtDeadline,
    rate: Rate,
    concurrency: Concurrency,
    sameIssuer: SameIssuer,
  };
}

/** As JSON has kept it: times are text. */
type StoredSelection = { readonly [Name in keyof AskedSelection]: unknown };

function shownSelection(asked: StoredSelection): CampaignSelection {
  const { issuedFrom, issuedBefore, expiresFrom, expiresBefore, ...rest } = asked as AskedSelection;
  return {
    Issuer: rest.issuer,
    KeyFingerprint: rest.key,
    KeyAlgorithms: rest.keyAlgorithms,
    SignatureAlgorithms: rest.signatureAlgorithms,
    IssuedFrom: issuedFrom && new Date(issuedFrom),
    IssuedBefore: issuedBefore && new Date(issuedBefore),
    ExpiresFrom: expiresFrom && new Date(expiresFrom),
    ExpiresBefore: expiresBefore && new Date(expiresBefore),
    Statuses: rest.statuses,
    Accounts: rest.accounts,
    Regions: rest.regions,
  };
}

function namedCounts(counts: Readonly<Record<string, number>>): readonly NamedCount[] {
  return Object.entries(counts).map(([Name, Count]) => ({ Name, Count }));
}
