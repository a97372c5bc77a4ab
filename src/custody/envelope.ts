import { randomBytes } from "node:crypto";
import type { CertificateArn, KeyArn } from "#domain/arn.ts";
import { arnOf, keyIdIn, keyIdOf } from "#domain/keys/names.ts";
import { ACM, type ServiceAlias, type ServicePrincipal } from "#domain/keys/service-authority.ts";
import type { Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { canonicalContext, type EncryptionContext } from "#lib/encryption-context.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Db, Tx } from "#store/store.ts";
import { readCiphertext } from "./ciphertext.ts";
import type { Keeping } from "./custody.ts";
import { certificateManager, keyAct, serviceActor } from "./key-acts.ts";
import { openMaterial } from "./material.ts";
import { checkService } from "./service-authority.ts";
import { ensureServiceKey } from "./service-keys.ts";

/** A private key or another secret as it is stored: two ciphertexts, each useless without the master key. */
export interface Envelope {
  /** The master key that wraps the data key: that of the service in the secret's account and region. */
  readonly keyArn: KeyArn;
  /** A KMS ciphertext: the data key that was made for this one secret. */
  readonly wrappedDataKey: Uint8Array;
  /** lib/sealed.ts: the secret (of a private key its PKCS#8 DER) under the data key. */
  readonly sealedKey: Uint8Array;
}

/** What both ciphertexts of a certificate's key are bound to. */
export function certificateContext(certificateArn: CertificateArn): EncryptionContext {
  return { "aws:acm:arn": certificateArn };
}

/** Seals the private key of a certificate under a data key of its own, and that under alias/aws/acm. */
export async function sealPrivateKey(
  tx: Tx,
  pkcs8: PlaintextKey,
  owner: Owner,
  certificateArn: CertificateArn,
  deps: Keeping,
): Promise<Envelope> {
  const purpose = { alias: "alias/aws/acm", service: ACM, context: certificateContext(certificateArn) } as const;
  return await sealSecret(tx, pkcs8, owner, purpose, deps);
}

/** Which service keeps a secret, under which of its keys, and what both ciphertexts are bound to. */
export interface Purpose {
  readonly alias: ServiceAlias;
  readonly service: ServicePrincipal;
  readonly context: EncryptionContext;
}

/** Seals a secret under a data key of its own, and that under the key of a service. */
export async function sealSecret(
  tx: Tx,
  secret: PlaintextKey,
  owner: Owner,
  { alias, service, context }: Purpose,
  deps: Keeping,
): Promise<Envelope> {
  const keyArn = await ensureServiceKey(tx, owner, alias, deps);
  const key = await findMasterKey(tx, keyIdOf(keyArn));
  const opened = key && (await openMaterial(tx, key, key.version, deps.root));
  if (!key || !opened) throw new Error(`the material of ${keyArn} is missing`);
  checkService(key, { service, owner, operation: "GenerateDataKey", context });
  using dataKey = new PlaintextKey(randomBytes(DATA_KEY_BYTES));
  const wrappedDataKey = await opened.material.encrypt({ keyId: key.id, version: key.version }, dataKey.bytes, context);
  const sealedKey = seal(dataKey.bytes, secret.bytes, canonicalContext(context));
  await recordIn(
    tx,
    keyAct(serviceActor(service, owner, deps.ids), "GenerateDataKey", { key: arnOf(key), context }),
    deps.clock,
  );
  return { keyArn, wrappedDataKey, sealedKey };
}

/** Opens what `sealPrivateKey` sealed for this certificate, and says so in the journal first. */
export async function openPrivateKey(
  db: Db,
  envelope: Envelope,
  owner: Owner,
  certificateArn: CertificateArn,
  deps: Keeping,
): Promise<PlaintextKey> {
  const ciphertext = readCiphertext(envelope.wrappedDataKey);
  const key = ciphertext && (await findMasterKey(db, keyIdIn(owner.region, ciphertext.keyId)));
  const opened = key && (await openMaterial(db, key, ciphertext.version, deps.root));
  if (!opened) throw new Error(`the master key of ${certificateArn} is missing`);
  const actor = certificateManager(owner, deps.ids);
  const context = certificateContext(certificateArn);
  checkService(key, { service: ACM, owner, operation: "Decrypt", context });
  await recordIn(db, keyAct(actor, "Decrypt", { key: envelope.keyArn, context }), deps.clock);
  using dataKey = await opened.material.decrypt(envelope.wrappedDataKey, context);
  const pkcs8 = dataKey && open(dataKey.bytes, envelope.sealedKey, canonicalContext(context));
  if (!pkcs8) throw new Error(`the sealed key of ${certificateArn} was changed, or belongs to another certificate`);
  return pkcs8;
}

const DATA_KEY_BYTES = 32;
