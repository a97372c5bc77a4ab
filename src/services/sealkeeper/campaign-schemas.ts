import type { StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { SHAPE, shapesOf } from "#aws/schema.ts";
import { TALLY_NAMES } from "#domain/campaign/tally.ts";

const { structure, listOf, operation } = shapesOf("internal.sealkeeper");
const { text: TEXT, number: NUMBER, time: TIME, flag: FLAG } = SHAPE;

const Words = listOf("WordList", TEXT);
const PAGE = { MaxResults: NUMBER, NextToken: TEXT };
const OF_CAMPAIGN = { CampaignId: TEXT };
const MANNER = { DeadlineSeconds: NUMBER, RevokeAtDeadline: FLAG, Rate: NUMBER, Concurrency: NUMBER, SameIssuer: FLAG };

const Selection = structure(
  "CampaignSelection",
  {},
  {
    Issuer: TEXT,
    KeyFingerprint: TEXT,
    KeyAlgorithms: Words,
    SignatureAlgorithms: Words,
    IssuedFrom: TIME,
    IssuedBefore: TIME,
    ExpiresFrom: TIME,
    ExpiresBefore: TIME,
    Statuses: Words,
    Accounts: Words,
    Regions: Words,
  },
);
const NamedCounts = listOf("NamedCountList", structure("NamedCount", { Name: TEXT, Count: NUMBER }));
const Campaign = structure(
  "Campaign",
  {
    CampaignId: TEXT,
    State: TEXT,
    Selection,
    Reason: TEXT,
    ...MANNER,
    OrderedBy: TEXT,
    CreatedAt: TIME,
    Plan: structure("CampaignPlan", {
      Certificates: NUMBER,
      Uses: NUMBER,
      NeedApproval: NUMBER,
      Fates: NamedCounts,
      Exposures: NamedCounts,
    }),
    Counts: structure(
      "CampaignCounts",
      Object.fromEntries(TALLY_NAMES.map((name) => [`${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, NUMBER])),
    ),
    RanForSeconds: NUMBER,
  },
  { PlannedAt: TIME, StartedAt: TIME, Deadline: TIME, EndedAt: TIME, Pace: NUMBER, EndsAt: TIME, Problem: TEXT },
);
const Certificate = structure(
  "CampaignCertificate",
  {
    CertificateArn: TEXT,
    DomainName: TEXT,
    State: TEXT,
    Fate: TEXT,
    InUseBy: listOf("InUseByList", TEXT),
    Exported: FLAG,
  },
  { Serial: TEXT, NewSerial: TEXT, ReplacedAt: TIME, RevokedAt: TIME, Problem: TEXT, NextLookAt: TIME },
);

/** The operations about campaigns; campaign-api.ts has the same for the compiler. */
export const campaignSchemas: Readonly<Record<string, StaticOperationSchema | StaticErrorSchema>> = {
  AbortCampaign: ofOne("AbortCampaign"),
  DescribeCampaign: ofOne("DescribeCampaign"),
  ListCampaignCertificates: operation(
    "ListCampaignCertificates",
    structure("ListCampaignCertificatesRequest", OF_CAMPAIGN, { State: TEXT, ...PAGE }),
    structure(
      "ListCampaignCertificatesResponse",
      {},
      { Certificates: listOf("CampaignCertificateList", Certificate), NextToken: TEXT },
    ),
  ),
  ListCampaigns: operation(
    "ListCampaigns",
    structure("ListCampaignsRequest", {}, PAGE),
    structure("ListCampaignsResponse", {}, { Campaigns: listOf("CampaignList", Campaign), NextToken: TEXT }),
  ),
  PauseCampaign: ofOne("PauseCampaign"),
  PlanCampaign: operation(
    "PlanCampaign",
    structure("PlanCampaignRequest", { Selection, Reason: TEXT }, MANNER),
    structure("PlanCampaignResponse", { Campaign }),
  ),
  ResumeCampaign: ofOne("ResumeCampaign", MANNER),
  StartCampaign: ofOne("StartCampaign", MANNER),
};

function ofOne(name: string, more: Readonly<Record<string, number>> = {}): StaticOperationSchema {
  return operation(name, structure(`${name}Request`, OF_CAMPAIGN, more), structure(`${name}Response`, { Campaign }));
}
