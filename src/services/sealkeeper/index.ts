import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import { type SealkeeperDeps, type SealkeeperSdk, sdk } from "./api.ts";
import { DescribeDeployments } from "./describe-deployments.ts";
import { DescribeRehearsal } from "./describe-rehearsal.ts";
import { refusals, type SealkeeperRefusal } from "./errors.ts";
import { ExplainCertificate } from "./explain-certificate.ts";
import { GetRehearsalSummary } from "./get-rehearsal-summary.ts";
import { ListCertificateRegions } from "./list-certificate-regions.ts";
import { ListRehearsals } from "./list-rehearsals.ts";
import { RehearseCertificate } from "./rehearse-certificate.ts";
import { RehearseCertificates } from "./rehearse-certificates.ts";
import { rules } from "./rules.ts";

/** Sealkeeper's own API, for what AWS has none. One file per operation; this is the list of them. */
export const sealkeeper: Service<SealkeeperSdk, SealkeeperDeps, SealkeeperRefusal> = {
  name: "sealkeeper",
  sdk,
  facts: FACTS.sealkeeper,
  operations: {
    DescribeDeployments,
    DescribeRehearsal,
    ExplainCertificate,
    GetRehearsalSummary,
    ListCertificateRegions,
    ListRehearsals,
    RehearseCertificate,
    RehearseCertificates,
  },
  rules,
  refusals,
};
