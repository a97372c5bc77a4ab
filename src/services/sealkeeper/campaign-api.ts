import type { Io } from "#aws/schema.ts";
import type { CampaignState } from "#domain/campaign/campaign.ts";
import type { Fate, ItemState } from "#domain/campaign/item.ts";
import type { TallyName } from "#domain/campaign/tally.ts";
import type { CrlReason } from "#domain/certificate/revocation.ts";

// The types of what campaign-schemas.ts states.

/** Which certificates: those for which everything holds that is said. */
export interface CampaignSelection {
  readonly Issuer?: string | undefined;
  readonly KeyFingerprint?: string | undefined;
  readonly KeyAlgorithms?: readonly string[] | undefined;
  readonly SignatureAlgorithms?: readonly string[] | undefined;
  readonly IssuedFrom?: Date | undefined;
  readonly IssuedBefore?: Date | undefined;
  readonly ExpiresFrom?: Date | undefined;
  readonly ExpiresBefore?: Date | undefined;
  readonly Statuses?: readonly string[] | undefined;
  readonly Accounts?: readonly string[] | undefined;
  readonly Regions?: readonly string[] | undefined;
}

/** How it is carried out; what is left out stays, or is as usual. */
export interface CampaignManner {
  readonly DeadlineSeconds?: number | undefined;
  readonly RevokeAtDeadline?: boolean | undefined;
  /** Certificates begun in a second; 0: as many as there can be. */
  readonly Rate?: number | undefined;
  readonly Concurrency?: number | undefined;
  readonly SameIssuer?: boolean | undefined;
}

type Words<Names extends string> = Capitalize<Names>;

/** Counts by name, as `Tally` has them. */
export type CampaignCounts = Readonly<Record<Words<TallyName>, number>>;

export interface CampaignPlan {
  readonly Certificates: number;
  readonly Uses: number;
  readonly NeedApproval: number;
  readonly Fates: readonly NamedCount[];
  readonly Exposures: readonly NamedCount[];
}

export interface NamedCount {
  readonly Name: string;
  readonly Count: number;
}

export interface Campaign {
  readonly CampaignId: string;
  readonly State: CampaignState;
  readonly Selection: CampaignSelection;
  readonly Reason: CrlReason;
  readonly DeadlineSeconds: number;
  readonly RevokeAtDeadline: boolean;
  readonly Rate: number;
  readonly Concurrency: number;
  readonly SameIssuer: boolean;
  readonly OrderedBy: string;
  readonly CreatedAt: Date;
  readonly Plan: CampaignPlan;
  readonly Counts: CampaignCounts;
  readonly PlannedAt?: Date | undefined;
  readonly StartedAt?: Date | undefined;
  readonly Deadline?: Date | undefined;
  readonly EndedAt?: Date | undefined;
  readonly RanForSeconds: number;
  readonly Pace?: number | undefined;
  readonly EndsAt?: Date | undefined;
  readonly Problem?: string | undefined;
}

export interface CampaignCertificate {
  readonly CertificateArn: string;
  readonly DomainName: string;
  readonly State: ItemState;
  readonly Fate: Fate;
  readonly InUseBy: readonly string[];
  readonly Exported: boolean;
  readonly Serial?: string | undefined;
  readonly NewSerial?: string | undefined;
  readonly ReplacedAt?: Date | undefined;
  readonly RevokedAt?: Date | undefined;
  readonly Problem?: string | undefined;
  readonly NextLookAt?: Date | undefined;
}

interface OfCampaign {
  readonly CampaignId: string;
}

interface OneCampaign {
  readonly Campaign: Campaign;
}

interface Page {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Input and output of each operation about campaigns. */
export interface CampaignApi {
  readonly AbortCampaign: Io<OfCampaign, OneCampaign>;
  readonly DescribeCampaign: Io<OfCampaign, OneCampaign>;
  readonly ListCampaignCertificates: Io<
    OfCampaign & Page & { readonly State?: ItemState },
    { readonly Certificates: readonly CampaignCertificate[]; readonly NextToken: string | undefined }
  >;
  readonly ListCampaigns: Io<Page, { readonly Campaigns: readonly Campaign[]; readonly NextToken: string | undefined }>;
  readonly PauseCampaign: Io<OfCampaign, OneCampaign>;
  readonly PlanCampaign: Io<
    CampaignManner & { readonly Selection: CampaignSelection; readonly Reason: CrlReason },
    OneCampaign
  >;
  readonly ResumeCampaign: Io<OfCampaign & CampaignManner, OneCampaign>;
  readonly StartCampaign: Io<OfCampaign & CampaignManner, OneCampaign>;
}
