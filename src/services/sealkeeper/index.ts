import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import { type SealkeeperDeps, type SealkeeperSdk, sdk } from "./api.ts";
import { CreateEdgeToken } from "./create-edge-token.ts";
import { DeregisterHost } from "./deregister-host.ts";
import { DescribeDeployments } from "./describe-deployments.ts";
import { DescribeRehearsal } from "./describe-rehearsal.ts";
import { refusals, type SealkeeperRefusal } from "./errors.ts";
import { ExplainCertificate } from "./explain-certificate.ts";
import { GetRehearsalSummary } from "./get-rehearsal-summary.ts";
import { ListCertificateRegions } from "./list-certificate-regions.ts";
import { ListEdgeTokens } from "./list-edge-tokens.ts";
import { ListEdges } from "./list-edges.ts";
import { ListHosts } from "./list-hosts.ts";
import { ListRehearsals } from "./list-rehearsals.ts";
import { RegisterHost } from "./register-host.ts";
import { RehearseCertificate } from "./rehearse-certificate.ts";
import { RehearseCertificates } from "./rehearse-certificates.ts";
import { RemoveEdge } from "./remove-edge.ts";
import { RevokeEdgeToken } from "./revoke-edge-token.ts";
import { rules } from "./rules.ts";

/** Sealkeeper's own API, for what AWS has none. One file per operation; this is the list of them. */
export const sealkeeper: Service<SealkeeperSdk, SealkeeperDeps, SealkeeperRefusal> = {
  name: "sealkeeper",
  sdk,
  facts: FACTS.sealkeeper,
  operations: {
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
