import type { EdgeCertificate } from "#domain/edge-config.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open } from "#lib/sealed.ts";
import type { Kms } from "./kms.ts";

/** The private key of a certificate (PKCS#8 DER). Rejects as `Kms.dataKey` does. */
export async function openPrivateKey(certificate: EdgeCertificate, kms: Kms): Promise<PlaintextKey> {
  using dataKey = await kms.dataKey(certificate);
  const pkcs8 = open(dataKey.bytes, certificate.sealedKey, canonicalContext(certificate.encryptionContext));
  if (!pkcs8) throw new Error(`the sealed key of ${certificate.certificateArn} does not open under its data key`);
  return pkcs8;
}
