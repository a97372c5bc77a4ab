import type { DomainName } from "#domain/names.ts";

/**
 * The statuses of an order that are stored. `pending` is none of them: an order is only made when all its
 * authorizations are valid. One that was not finalized in time is gone (RFC 8555 section 7.1.6).
 */
export type AcmeOrderStatus = "ready" | "processing" | "valid" | "invalid";

/** RFC 8555 section 7.1.3, and 100 names for each certificate. */
export const MOST_IDENTIFIERS = 100;

/** What makes two orders of an account two versions of one certificate: the same names, in whatever order. */
export function sameNamesKey(names: readonly DomainName[]): string {
  return JSON.stringify([...new Set(names)].toSorted());
}
