import type { Rules } from "#aws/rules.ts";
import { ITEM_STATES } from "#domain/campaign/item.ts";
import type { CrlReason } from "#domain/certificate/revocation.ts";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";

const VERDICTS: Readonly<Record<Verdict, Verdict>> = {
  WOULD_RENEW: "WOULD_RENEW",
  WOULD_NOT_RENEW: "WOULD_NOT_RENEW",
  NOT_RENEWED_BY_US: "NOT_RENEWED_BY_US",
};

const ITEM_STATE_NAMES = Object.fromEntries(ITEM_STATES.map((state) => [state, state]));

/** RFC 5280 section 5.3.1, without those that the BRs forbid. */
const REASONS: Readonly<Record<CrlReason, CrlReason>> = {
  unspecified: "unspecified",
  keyCompromise: "keyCompromise",
  cACompromise: "cACompromise",
  affiliationChanged: "affiliationChanged",
  superseded: "superseded",
  cessationOfOperation: "cessationOfOperation",
  privilegeWithdrawn: "privilegeWithdrawn",
  aACompromise: "aACompromise",
};

export const rules: Rules = {
  // As ACM's own.
  CertificateArn: { min: 20, max: 2048 },
  NextToken: { min: 1, max: 10_000 },
  // What they mean is checked by whoever lets edges in; here only that they are bounded.
  EdgeName: { min: 1, max: 63 },
  Zone: { min: 1, max: 64 },
  Addresses: { min: 7, max: 18 },
  TokenId: { min: 16, max: 16, pattern: /^[0-9a-f]{16}$/ },
  "CreateEdgeTokenRequest.LifetimeSeconds": { min: 60, max: 604_800 },
  "ListEdgesRequest.MaxResults": { min: 1, max: 1000 },
  "ListEdgeTokensRequest.MaxResults": { min: 1, max: 1000 },
  InstanceId: { min: 10, max: 19 },
  Address: { min: 7, max: 15 },
  SubnetId: { min: 15, max: 24 },
  AvailabilityZone: { min: 1, max: 64 },
  SecurityGroupIds: { max: 16, each: { min: 11, max: 20 } },
  "RegisterHostRequest.Tags": { max: 50 },
  "ListHostsRequest.MaxResults": { min: 1, max: 1000 },
  CampaignId: { min: 16, max: 16, pattern: /^[0-9a-f]{16}$/ },
  // What they mean is checked by whoever plans.
  "CampaignSelection.Issuer": { min: 1, max: 2048 },
  "CampaignSelection.KeyFingerprint": { min: 64, max: 128 },
  "CampaignSelection.KeyAlgorithms": { min: 1, max: 20, each: { min: 1, max: 64 } },
  "CampaignSelection.SignatureAlgorithms": { min: 1, max: 20, each: { min: 1, max: 64 } },
  "CampaignSelection.Statuses": { min: 1, max: 10, each: { min: 1, max: 64 } },
  "CampaignSelection.Accounts": { min: 1, max: 100, each: { min: 12, max: 12 } },
  "CampaignSelection.Regions": { min: 1, max: 100, each: { min: 1, max: 64 } },
  "PlanCampaignRequest.Reason": { oneOf: REASONS },
  DeadlineSeconds: { min: 60, max: 7_776_000 },
  Rate: { min: 0, max: 10_000, fraction: true },
  Concurrency: { min: 1, max: 64 },
  "ListCampaignsRequest.MaxResults": { min: 1, max: 1000 },
  "ListCampaignCertificatesRequest.MaxResults": { min: 1, max: 1000 },
  "ListCampaignCertificatesRequest.State": { oneOf: ITEM_STATE_NAMES },
  // Owners are values of tags.
  "ListRehearsalsRequest.Owner": { min: 1, max: 256 },
  "ListRehearsalsRequest.Verdict": { oneOf: VERDICTS },
  "ListRehearsalsRequest.MaxResults": { min: 1, max: 1000 },
  // Each of them is looked at while the caller waits.
  "RehearseCertificatesRequest.MaxResults": { min: 1, max: 25 },
};
