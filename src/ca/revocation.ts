import { recordIn } from "#journal/journal.ts";
import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";
import {
  type CrlRow,
  findCrl,
  findCrlState,
  findIssuedNotAfter,
  insertRevocation,
  listRevocations,
  replaceCrl,
} from "#store/revocations.ts";
import type { Tx } from "#store/store.ts";
import { buildCrl } from "./crl.ts";
import type { CaDeps } from "./deps.ts";

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
 * Revokes a certificate for good: OCSP and the next CRL that is asked for say so as soon as `tx` commits. A second
 * revocation changes nothing and answers false. Throws when this issuer signed no such certificate.
 */
export async function revokeSerial(
  tx: Tx,
  { issuerId, serial, reason }: IssuedSerial & { readonly reason: RevocationReason },
  { clock }: Pick<CaDeps, "clock">,
): Promise<boolean> {
  const notAfter = await findIssuedNotAfter(tx, issuerId, serial);
  if (notAfter === undefined)
    throw new Error(`issuer ${issuerId} signed no certificate with the serial number ${serial}`);
  const revokedAt = Math.floor(clock.now().getTime() / SECOND) * SECOND;
  const revocation = { issuerId, serial, reason: REVOCATION_REASONS[reason], revokedAt, notAfter };
  if (!(await insertRevocation(tx, revocation))) return false;
  const act = { eventSource: "ca.sealkeeper", eventName: "RevokeSerial", resource: `${issuerId}/${serial}` };
  await recordIn(tx, { ...act, account: "", region: "", principal: "ca.sealkeeper", requestId: "" }, clock);
  return true;
}

/** A CRL as it is published. */
export interface Crl {
  readonly der: Buffer;
  readonly number: number;
  readonly nextUpdate: Date;
}

/**
 * The issuer's current CRL. It is made anew, under the next number, when something was revoked since or half of its life
 * is over; of several nodes that do so at once one publishes, and the others serve that one. Undefined for no issuer.
 */
export async function currentCrl(
  issuerId: string,
  deps: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<Crl | undefined> {
  const { store, clock } = deps;
  const state = await findCrlState(store, issuerId);
  if (!state) return undefined;
  if (isStale(state, clock.now())) await publishCrl(issuerId, state, deps);
  const row = await findCrl(store, issuerId);
  if (!row?.crl || row.nextUpdate === null) return undefined;
  return { der: Buffer.from(row.crl), number: row.number, nextUpdate: new Date(row.nextUpdate) };
}

async function publishCrl(
  issuerId: string,
  { revision, number }: CrlRow,
  { store, clock, signers }: Pick<CaDeps, "store" | "clock" | "signers">,
): Promise<void> {
  const issuer = await signers.issuer(store, issuerId);
  const thisUpdate = new Date(Math.floor(clock.now().getTime() / SECOND) * SECOND);
  const nextUpdate = later(thisUpdate, CRL_LIFE);
  // Read after `revision`: everything that counted up to it is committed, so the list holds at least that.
  const revocations = await listRevocations(store, issuerId, later(thisUpdate, -KEPT_AFTER_END).getTime());
  const entries = revocations.map(({ serial, reason, revokedAt }) => ({
    serial,
    reason,
    revokedAt: new Date(revokedAt),
  }));
  const crl = buildCrl({ number: number + 1, thisUpdate, nextUpdate, entries }, issuer);
  await replaceCrl(store, issuerId, number, {
    crl,
    covers: revision,
    thisUpdate: thisUpdate.getTime(),
    nextUpdate: nextUpdate.getTime(),
  });
}

function isStale({ revision, covers, thisUpdate }: CrlRow, now: Date): boolean {
  return covers < revision || thisUpdate === null || now.getTime() >= thisUpdate + CRL_LIFE / 2;
}

/** BR 4.9.7 allows ten days. */
const CRL_LIFE: Millis = 7 * DAY;
/** RFC 5280 section 3.3: an entry stays until it was on one CRL made after the certificate's end. */
const KEPT_AFTER_END: Millis = 2 * CRL_LIFE;
