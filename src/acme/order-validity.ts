import type { Period } from "#domain/certificate/validity.ts";
import { DAY, HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { ACME_LEAF_LIFETIME } from "#lifecycle/acme/issue-for-acme.ts";

/** From when to when a certificate is wished to live; undefined: as usual. */
export interface WishedValidity {
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
}

/** How long a certificate lives that is issued `now`: exactly as wished, or 45 days. */
export function orderValidity({ notBefore, notAfter }: WishedValidity, now: Date): Millis | Period {
  if (!notBefore && !notAfter) return ACME_LEAF_LIFETIME;
  const begin = notBefore ?? wholeSecond(later(now, -HOUR));
  return { notBefore: begin, notAfter: notAfter ?? later(begin, ACME_LEAF_LIFETIME - SECOND) };
}

/** Why a certificate cannot live so; undefined when it can. An order may be finalized up to a day later. */
export function validityProblem(wished: WishedValidity, now: Date): string | undefined {
  const { notBefore, notAfter } = wished;
  if (!notBefore && !notAfter) return undefined;
  if ([notBefore, notAfter].some((time) => time && time.getTime() % SECOND !== 0)) return "Times are in whole seconds.";
  if (notBefore && (notBefore < later(now, -HOUR) || notBefore > later(now, DAY))) {
    return `notBefore can be from an hour ago to a day ahead: ${notBefore.toISOString()} is not.`;
  }
  const begin = notBefore ?? now;
  if (notAfter && notAfter < later(begin > now ? begin : now, HOUR)) {
    return `notAfter must be an hour or more ahead: ${notAfter.toISOString()} is not.`;
  }
  if (notAfter && notAfter > later(begin, ACME_LEAF_LIFETIME - HOUR - SECOND)) {
    return `A certificate lives 45 days at most: ${notAfter.toISOString()} is too far away.`;
  }
  return undefined;
}

/** Why a certificate can no longer live as it could when it was ordered; undefined when it can. */
export function overProblem({ notAfter }: WishedValidity, now: Date): string | undefined {
  return notAfter && notAfter <= now
    ? `The order is for a certificate that ended ${notAfter.toISOString()}.`
    : undefined;
}

function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / SECOND) * SECOND);
}
