import { recordIn } from "#journal/journal.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { putJobBy } from "#store/jobs.ts";
import { findIssuedCertificate, insertRevocation } from "#store/revocations.ts";
import type { Tx } from "#store/store.ts";
import type { CaDeps } from "./deps.ts";

/** The task of the job that publishes the CRLs of the built-in hierarchy: see publish-crl.ts. */
export const PUBLISH_CRLS = "ca.publish-crls";

/** CRLReason (RFC 5280 section 5.3.1), without those that the BRs forbid: hold, and removal from the list. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type RevocationReason = keyof typeof REVOCATION_REASONS;

/** A certificate, by who signed it and its serial number in lower-case hexadecimal. */
export interface IssuedSerial {
  readonly issuerId: string;
  readonly serial: string;
}

/**
 * Revokes a certificate for good: OCSP says so as soon as `tx` commits, its CRL within a minute. That takes one row,
 * however many are stored. A second revocation changes nothing and answers false. Throws when this issuer signed no such
 * certificate.
 */
export async function revokeSerial(
  tx: Tx,
  { issuerId, serial, reason }: IssuedSerial & { readonly reason: RevocationReason },
  { clock }: Pick<CaDeps, "clock">,
): Promise<boolean> {
  const issued = await findIssuedCertificate(tx, issuerId, serial);
  if (!issued) throw new Error(`issuer ${issuerId} signed no certificate with the serial number ${serial}`);
  const now = clock.now();
  const revokedAt = Math.floor(now.getTime() / SECOND) * SECOND;
  const revocation = { issuerId, serial, reason: REVOCATION_REASONS[reason], revokedAt, ...issued };
  if (!(await insertRevocation(tx, revocation))) return false;
  const act = { eventSource: "ca.sealkeeper", eventName: "RevokeSerial", resource: `${issuerId}/${serial}` };
  await recordIn(tx, { ...act, account: "", region: "", principal: "ca.sealkeeper", requestId: "" }, clock);
  await putJobBy(tx, PUBLISH_CRLS, "", later(now, GATHERED).getTime());
  return true;
}

/** Revocations that come within this long of one another share a CRL. */
const GATHERED: Millis = 5 * SECOND;
