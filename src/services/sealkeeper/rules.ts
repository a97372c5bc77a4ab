import type { Rules } from "#aws/rules.ts";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";

const VERDICTS: Readonly<Record<Verdict, Verdict>> = {
  WOULD_RENEW: "WOULD_RENEW",
  WOULD_NOT_RENEW: "WOULD_NOT_RENEW",
  NOT_RENEWED_BY_US: "NOT_RENEWED_BY_US",
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
  // Owners are values of tags.
  "ListRehearsalsRequest.Owner": { min: 1, max: 256 },
  "ListRehearsalsRequest.Verdict": { oneOf: VERDICTS },
  "ListRehearsalsRequest.MaxResults": { min: 1, max: 1000 },
  // Each of them is looked at while the caller waits.
  "RehearseCertificatesRequest.MaxResults": { min: 1, max: 25 },
};
