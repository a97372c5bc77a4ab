import { findGrantedUse } from "#store/certificate-associations.ts";
import type { Tx } from "#store/store.ts";
import { announceTo } from "./put-in-force.ts";

/**
 * A grant was ended by hand: the edges that opened a certificate's key under it are told to forget it. The association
 * stays, for the listener still names the certificate: without the grant it cannot be served.
 */
export async function noticeGrantEnd(tx: Tx, grantId: string): Promise<void> {
  const use = await findGrantedUse(tx, grantId);
  if (use) await announceTo(tx, use.certificateArn, use.resourceArn);
}
