import { type DomainExplanation, type Explanation, explainCertificate } from "#lifecycle/explain.ts";
import type { OrderExplanation, SealkeeperOperation, DomainExplanation as ShownDomain } from "./api.ts";
import { shownLookup, shownTime } from "./wire.ts";

/** Why a certificate is as it is: what was looked up for it, what answered, and when it is tried again. */
export const ExplainCertificate: SealkeeperOperation<"ExplainCertificate"> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  const { status, trouble, domains, orders } = await explainCertificate(CertificateArn, caller, deps);
  return { Status: status, Trouble: trouble, Domains: domains.map(shownDomain), Orders: orders.map(shownOrder) };
};

function shownDomain(domain: DomainExplanation): ShownDomain {
  const { domainName, purpose, status, problem, lookups, checkedAt, checkAt } = domain;
  return {
    DomainName: domainName,
    Purpose: purpose,
    Status: status,
    Problem: problem,
    Lookups: lookups?.map(shownLookup),
    CheckedAt: shownTime(checkedAt),
    CheckAt: status === "PENDING_VALIDATION" ? shownTime(checkAt) : undefined,
  };
}

function shownOrder({
  ca,
  state,
  version,
  changedAt,
  problem,
  again,
  renewal,
}: Explanation["orders"][number]): OrderExplanation {
  return {
    Ca: ca,
    State: state,
    Version: version,
    ChangedAt: changedAt,
    Problem: problem,
    AgainAt: again,
    RenewalWindow: renewal && {
      From: renewal.from,
      To: renewal.to,
      RenewsAt: renewal.at,
      Explanation: renewal.explanation,
    },
  };
}
