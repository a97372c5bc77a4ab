import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import { AbortCampaign } from "./abort-campaign.ts";
import { type SealkeeperDeps, type SealkeeperSdk, sdk } from "./api.ts";
import { CreateEdgeToken } from "./create-edge-token.ts";
import { DeregisterHost } from "./deregister-host.ts";
import { DescribeCampaign } from "./describe-campaign.ts";
import { DescribeDeployments } from "./describe-deployments.ts";
import { DescribeRehearsal } from "./describe-rehearsal.ts";
import { refusals, type SealkeeperRefusal } from "./errors.ts";
import { ExplainCertificate } from "./explain-certificate.ts";
import { GetRehearsalSummary } from "./get-rehearsal-summary.ts";
import { ListCampaignCertificates } from "./list-campaign-certificates.ts";
import { ListCampaigns } from "./list-campaigns.ts";
import { ListCertificateRegions } from "./list-certificate-regions.ts";
import { ListEdgeTokens } from "./list-edge-tokens.ts";
import { ListEdges } from "./list-edges.ts";
import { ListHosts } from "./list-hosts.ts";
import { ListRehearsals } from "./list-rehearsals.ts";
import { PauseCampaign } from "./pause-campaign.ts";
import { PlanCampaign } from "./plan-campaign.ts";
import { RegisterHost } from "./register-host.ts";
import { RehearseCertificate } from "./rehearse-certificate.ts";
import { RehearseCertificates } from "./rehearse-certificates.ts";
import { RemoveEdge } from "./remove-edge.ts";
import { ResumeCampaign } from "./resume-campaign.ts";
import { RevokeEdgeToken } from "./revoke-edge-token.ts";
import { rules } from "./rules.ts";
import { StartCampaign } from "./start-campaign.ts";

/** Sealkeeper's own API, for what AWS has none. One file per operation; this is the list of them. */
export const sealkeeper: Service<SealkeeperSdk, SealkeeperDeps, SealkeeperRefusal> = {
  name: "sealkeeper",
  sdk,
  facts: FACTS.sealkeeper,
  operations: {
    AbortCampaign,
    DescribeCampaign,
    ListCampaignCertificates,
    ListCampaigns,
    PauseCampaign,
    PlanCampaign,
    ResumeCampaign,
    StartCampaign,
    CreateEdgeToken,
    DeregisterHost,
    DescribeDeployments,
    DescribeRehearsal,
    ExplainCertificate,
    GetRehearsalSummary,
    ListCertificateRegions,
    ListEdges,
    ListEdgeTokens,
    ListHosts,
    ListRehearsals,
    RegisterHost,
    RehearseCertificate,
    RehearseCertificates,
    RemoveEdge,
    RevokeEdgeToken,
  },
  rules,
  refusals,
};
