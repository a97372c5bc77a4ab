import { earliest, HOUR, hasCome, type Millis } from "#lib/duration.ts";

/** The proof of one domain, as far as it has come. */
export interface DomainFacts {
  /** Its place among the certificate's domains. */
  readonly position: number;
  readonly proven: boolean;
  readonly checkAt: Date;
}

/** How long proof may take: for a request, for each attempt at renewal, and for a change of method. */
// https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html
export const ATTEMPT: Millis = 72 * HOUR;

/** Which domains to look up now, or until when to rest; undefined when all are proven. */
export function proveDomains(
  domains: readonly DomainFacts[],
  attemptEnds: Date,
  now: Date,
):
  | { readonly kind: "check-domains"; readonly positions: readonly number[] }
  | { readonly kind: "wait"; readonly until: Date }
  | undefined {
  const unproven = domains.filter(({ proven }) => !proven);
  if (unproven.length === 0) return undefined;
  const due = unproven.filter(({ checkAt }) => hasCome(checkAt, now));
  return due.length > 0
    ? { kind: "check-domains", positions: due.map(({ position }) => position) }
    : { kind: "wait", until: earliest([attemptEnds, ...unproven.map(({ checkAt }) => checkAt)]) };
}

export function allProven(domains: readonly DomainFacts[]): boolean {
  return domains.every(({ proven }) => proven);
}
