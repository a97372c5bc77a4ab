import { DAY, HOUR, later, MINUTE, type Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { parsePem } from "#lib/pem.ts";
import type { UpstreamOrder } from "#store/upstream-orders.ts";
import type { AcmeClient } from "./acme-client.ts";
import { certificateId } from "./certificate-id.ts";
import { Unreachable } from "./https-exchange.ts";
import { parseRenewalInfo, type RenewalInfo } from "./objects.ts";
import { AcmeProblem } from "./problem.ts";

/** When a CA wants one of its certificates to be renewed, and when it wants to be asked again. */
export interface RenewalAdvice {
  /** Undefined when the CA could not be asked this time. */
  readonly info: RenewalInfo | undefined;
  readonly askAgain: Date;
}

/** Asks a CA when an issued certificate is to be renewed (RFC 9773). Undefined for a CA that does not say. */
export async function askRenewalInfo(
  client: AcmeClient,
  { certificate }: Pick<UpstreamOrder, "certificate">,
  now: Date,
): Promise<RenewalAdvice | undefined> {
  const [leaf] = certificate === null ? [] : parsePem(certificate, 1);
  const id = leaf && certificateId(leaf.der);
  try {
    const { renewalInfo } = await client.directory();
    if (renewalInfo === undefined || id === undefined) return undefined;
    const { body, retryAt } = await client.get(`${renewalInfo.replace(/\/$/, "")}/${id}`);
    return { info: parseRenewalInfo(body), askAgain: bounded(retryAt ?? later(now, STANDARD), now) };
  } catch (error) {
    if (!(error instanceof AcmeProblem || error instanceof Unreachable)) throw error;
    const retryAt = error instanceof AcmeProblem ? error.retryAt : undefined;
    return { info: undefined, askAgain: bounded(retryAt ?? later(now, AFTER_FAILURE), now) };
  }
}

/**
 * A time in the window that the CA suggests, each as likely as any other (RFC 9773 section 4.2): it spreads its
 * customers. Never in the first hundredth of the certificate's life, so that a CA that is out of order does not keep us
 * renewing without end.
 */
export function chooseRenewalTime(
  { start, end }: Pick<RenewalInfo, "start" | "end">,
  { issuedAt, notAfter }: { readonly issuedAt: Date; readonly notAfter: Date },
  ids: Ids,
): Date {
  const part = Number.parseInt(ids.hex(6), 16) / 2 ** 48;
  const chosen = start.getTime() + Math.floor(part * (end.getTime() - start.getTime()));
  const lifetime = notAfter.getTime() - issuedAt.getTime();
  return new Date(
    Math.round(Math.min(Math.max(chosen, issuedAt.getTime() + lifetime / 100), notAfter.getTime() - lifetime / 100)),
  );
}

function bounded(time: Date, now: Date): Date {
  return new Date(Math.min(Math.max(time.getTime(), now.getTime() + SHORTEST), now.getTime() + LONGEST));
}

/** RFC 9773 section 4.3 wants a CA that says nothing to be asked every six hours, and bounds on what it says. */
const STANDARD: Millis = 6 * HOUR;
const AFTER_FAILURE: Millis = HOUR;
const SHORTEST: Millis = MINUTE;
const LONGEST: Millis = DAY;
