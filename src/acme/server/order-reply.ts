import type { AcmeOrder } from "#store/acme-orders.ts";
import { type AcmeReply, shownTime } from "./answer.ts";
import type { AcmeContext } from "./context.ts";

/** An order as clients see it (RFC 8555 section 7.1.3). */
export function orderReply(order: AcmeOrder, status: number, { urls, clock }: AcmeContext): AcmeReply {
  const { id, notBefore, notAfter, replaces, error } = order;
  const shown = statusOf(order, clock.now());
  const body = {
    status: shown,
    expires: shownTime(order.expiresAt),
    identifiers: order.identifiers.map((value) => ({ type: "dns", value })),
    ...(notBefore !== null && { notBefore: shownTime(notBefore) }),
    ...(notAfter !== null && { notAfter: shownTime(notAfter) }),
    ...(replaces !== null && { replaces }),
    ...(error && { error }),
    authorizations: order.identifiers.map((_, index) => urls.authorization(id, index)),
    finalize: urls.finalize(id),
    ...(shown === "valid" && { certificate: urls.certificate(id) }),
  };
  const wait = shown === "processing" ? { "retry-after": "1" } : {};
  return { status, body, headers: { location: urls.order(id), ...wait } };
}

/** An order that was not finalized in time is invalid, whether or not somebody has removed it yet. */
export function statusOf(
  { status, expiresAt }: Pick<AcmeOrder, "status" | "expiresAt">,
  now: Date,
): AcmeOrder["status"] {
  return status === "ready" && expiresAt <= now.getTime() ? "invalid" : status;
}
