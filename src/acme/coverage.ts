import type { AcmeEndpointArn } from "#domain/acme/arns.ts";
import { coveringDomains, uncoveredBecause } from "#domain/acme/scope.ts";
import { type NamePolicy, nameProblem } from "#domain/certificate/public-names.ts";
import type { DomainName } from "#domain/names.ts";
import { findScopedDomains } from "#store/acme-domain-validations.ts";
import type { Db } from "#store/store.ts";

/** A name that an endpoint's clients get no certificate for, and why. */
export interface Uncovered {
  readonly name: DomainName;
  readonly reason: string;
}

/** Those of the names that no VALID domain validation of the endpoint covers, or that nobody gets a certificate for. */
export async function findUncovered(
  db: Db,
  endpointArn: AcmeEndpointArn,
  names: readonly DomainName[],
  policy: NamePolicy,
): Promise<readonly Uncovered[]> {
  const candidates = [...new Set(names.flatMap(coveringDomains))];
  const domains = await findScopedDomains(db, endpointArn, candidates);
  const reasons = names.map((name) => ({
    name,
    reason: uncoveredBecause(name, domains) ?? nameProblem(name, policy)?.message,
  }));
  return reasons.filter((one): one is Uncovered => one.reason !== undefined);
}
