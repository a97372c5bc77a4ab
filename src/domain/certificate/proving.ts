import { DAY, earliest, HOUR, hasCome, later, type Millis } from "#lib/duration.ts";

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

/**
 * Whether an attempt is over: not all is proven in time, or so long ago that somebody else may have the domains. An
 * attempt at which there is nothing to prove does not end.
 */
export function isOver(domains: readonly DomainFacts[], startedAt: Date, now: Date): boolean {
  const allProven = domains.every(({ proven }) => proven);
  return domains.length > 0 && hasCome(later(startedAt, allProven ? BELIEVED : ATTEMPT), now);
}

/** What was proved is used within this time, also after an outage or from a backup: BR 4.2.1, as it is from March 2029 on. */
const BELIEVED: Millis = 10 * DAY;
