import type { IntentId, LeafRequest, Prepared } from "#ca/issue.ts";
import { type LeafFields, leafTbs } from "#ca/leaf.ts";
import type { LeafIssuer } from "#ca/signers.ts";
import { loggedTbs } from "#ca/transparency/structures.ts";
import { DAY, later, type Millis } from "#lib/duration.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { findLoggingIntent } from "#store/outside-logs.ts";
import type { Tx } from "#store/store.ts";

/** What is to be certified, as an intent that waits must say it to go on. */
export interface Wanted extends Pick<LeafRequest, "validity"> {
  readonly certificateArn: string;
  readonly generation: number;
  readonly fixed: Pick<LeafFields, "subjectPublicKeyInfo" | "keyAlgorithm" | "names" | "addresses">;
}

/**
 * The intent that waits for logs of others, if it may still be signed: it has what is wanted, of the issuer that signs
 * today, and is young. Otherwise what logs said about it is of no use, and it is to be given up.
 */
export async function keptIntent(
  tx: Tx,
  { certificateArn, generation, fixed, validity }: Wanted,
  issuer: LeafIssuer,
  now: Date,
): Promise<Prepared | undefined> {
  const kept = await findLoggingIntent(tx, certificateArn, generation);
  if (!kept?.precertificate || kept.issuerId !== issuer.id) return undefined;
  if (kept.preparedAt < later(now, -OLDEST).getTime()) return undefined;
  const period = { notBefore: new Date(kept.notBefore), notAfter: new Date(kept.notAfter) };
  if (typeof validity !== "number" && validity.notAfter.getTime() !== kept.notAfter) return undefined;
  const tbs = leafTbs({ ...fixed, serial: Buffer.from(kept.serial, "hex"), shard: kept.shard, ...period }, issuer);
  if (!loggedTbs(readCertificate(kept.precertificate).tbs).equals(tbs)) return undefined;
  return { intentId: kept.id as IntentId, issuerId: issuer.id, serial: kept.serial, ...period };
}

/** The lint finds a beginning that is two days off; and logs are asked for what is of now. */
const OLDEST: Millis = DAY;
