import type { CertificateArn } from "#domain/arn.ts";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import type { Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import type { Tx } from "#store/store.ts";
import { birthAct } from "./birth-act.ts";
import type { Keeping } from "./custody.ts";
import { type Envelope, sealPrivateKey } from "./envelope.ts";
import { makeKeyPair } from "./key-pair.ts";
import { takeFromPool } from "./key-pool.ts";

/** A fresh key for one certificate: the public half to be certified, the private half sealed. */
export interface LeafKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  readonly envelope: Envelope;
}

/**
 * A key that nobody else has, sealed for this certificate. RSA keys come from the pool, or are made here (up to a
 * second) when it is empty: `stockPool` before the transaction spares it that.
 */
export async function takeLeafKey(
  tx: Tx,
  algorithm: LeafKeyAlgorithm,
  owner: Owner,
  certificateArn: CertificateArn,
  deps: Keeping,
): Promise<LeafKey> {
  const pooled = await takeFromPool(tx, algorithm, deps.root);
  const pair = pooled ?? (await makeKeyPair(algorithm));
  using pkcs8 = pair.pkcs8;
  const envelope = await sealPrivateKey(tx, pkcs8, owner, certificateArn, deps);
  await recordIn(tx, birthAct(pair.spki, algorithm, pooled ? "pool" : "new", certificateArn, owner), deps.clock);
  return { spki: pair.spki, envelope };
}
