import type { FailureReason } from "#domain/certificate/certificate.ts";
import { backoff } from "#lib/backoff.ts";
import { DAY, HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import type { UpstreamOrder } from "#store/upstream-orders.ts";
import { Misconfigured } from "./account.ts";
import { Unreachable } from "./https-exchange.ts";
import { WronglyIssued } from "./issued-chain.ts";
import { AcmeProblem, type Problem, tellProblem } from "./problem.ts";

/** What is to become of an order whose step came to nothing. */
export type Verdict =
  /** The same step again, at that time. */
  | { readonly kind: "again"; readonly at: Date }
  /** The order is over; the same CA may be asked again at that time, other CAs at once. */
  | { readonly kind: "over"; readonly retryAt: Date; readonly refusal: FailureReason | undefined }
  /** At once, without a word of the certificate before this one. */
  | { readonly kind: "without-replaces" };

/** An order that the CA gave up, with what it says; or a challenge or an authorization of it. */
export class OrderInvalid extends Error {
  override readonly name = "OrderInvalid";
  readonly problem: Problem | undefined;

  constructor(problem: Problem | undefined, otherwise: string) {
    super(problem ? tellProblem(problem) : otherwise);
    this.problem = problem;
  }
}

/**
 * Judges a failure. Whatever may pass by itself is tried again, with growing pauses and never before the CA wants to be
 * asked; an order that cannot go on gives way to the next CA. Undefined for what is a bug of ours.
 */
export function judge(
  error: unknown,
  order: Pick<UpstreamOrder, "state" | "tries" | "attempt" | "expiresAt" | "madeAt" | "replaces">,
  now: Date,
): Verdict | undefined {
  const over = (refusal?: FailureReason, notBefore = now, pauses = NEXT_ORDER): Verdict => {
    const retryAt = later(now, backoff(order.attempt, pauses));
    return { kind: "over", retryAt: latest(retryAt, notBefore), refusal };
  };
  const again = (notBefore = now): Verdict => {
    const end = order.expiresAt ?? order.madeAt + LONGEST_ORDER;
    // What may be at the CA already is followed to its end: a second order might bring a second certificate.
    if (order.state === "finalizing" ? now.getTime() >= end : order.tries >= MOST_TRIES[order.state]) {
      return over(undefined, notBefore);
    }
    return { kind: "again", at: latest(later(now, backoff(order.tries + 1, NEXT_TRY)), notBefore) };
  };
  if (error instanceof Unreachable) return again();
  if (error instanceof Misconfigured) return over(undefined, now, PUT_RIGHT);
  if (error instanceof WronglyIssued) return over();
  if (error instanceof OrderInvalid) return over(error.problem && refusalOf(error.problem));
  if (!(error instanceof AcmeProblem)) return undefined;
  const { problem, status, retryAt } = error;
  if (order.state === "new" && order.replaces !== null && REPLACEMENT_REFUSED.has(problem.type)) {
    return { kind: "without-replaces" };
  }
  switch (problem.type) {
    case "rateLimited":
      return over(undefined, retryAt ?? later(now, RATE_LIMIT));
    // The account is made known again, the order is read again.
    case "accountDoesNotExist":
    case "badNonce":
    case "orderNotReady":
    case "serverInternal":
      return again(retryAt);
    default:
      if (status >= 500 || status === 429) return again(retryAt);
      return over(refusalOf(problem), retryAt);
  }
}

/** Why a CA will never issue this, in ACM's words; undefined where it may another time. */
function refusalOf({ type, parts }: Problem): FailureReason | undefined {
  return [type, ...parts.map((part) => part.type)].map((one) => REFUSALS.get(one)).find((reason) => reason);
}

/** RFC 9773 section 5: it was replaced before, or the CA does not find that the new order fits. */
const REPLACEMENT_REFUSED: ReadonlySet<string> = new Set(["alreadyReplaced", "malformed", "unauthorized", "conflict"]);

/** RFC 8555 section 6.7: of these types a CA does not change its mind for the same certificate. */
const REFUSALS: ReadonlyMap<string, FailureReason> = new Map([
  ["caa", "CAA_ERROR"],
  ["rejectedIdentifier", "DOMAIN_NOT_ALLOWED"],
  ["unsupportedIdentifier", "DOMAIN_NOT_ALLOWED"],
  ["badCSR", "OTHER"],
  ["badPublicKey", "OTHER"],
]);

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}

const NEXT_TRY = { first: 2 * SECOND, most: 15 * MINUTE };
/** Let's Encrypt takes five failed validations of a name in an hour. */
const NEXT_ORDER = { first: MINUTE, most: 6 * HOUR };
/** Whoever puts a setting right waits for the result. */
const PUT_RIGHT = { first: MINUTE, most: 10 * MINUTE };
const RATE_LIMIT: Millis = HOUR;
/** RFC 8555 sets no end to an order that names none. */
const LONGEST_ORDER: Millis = 7 * DAY;
/** Where nothing is at the CA yet, the next one is better than waiting. */
const MOST_TRIES = { new: 3, ordered: 10, challenged: 10, ready: 10, finalized: 0, failed: 0 } as const;
