import type { EdgeCertificate } from "#domain/edge-config.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import { privatePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { open } from "#lib/sealed.ts";
import type { Kms } from "./kms.ts";

/** The private key of a certificate as PEM bytes, which is what node:tls takes. Rejects as `Kms.dataKey` does. */
export async function openPrivateKey(certificate: EdgeCertificate, kms: Kms): Promise<PlaintextKey> {
  using dataKey = await kms.dataKey(certificate);
  using pkcs8 = open(dataKey.bytes, certificate.sealedKey, canonicalContext(certificate.encryptionContext));
  if (!pkcs8) throw new Error(`the sealed key of ${certificate.certificateArn} does not open under its data key`);
  return new PlaintextKey(privatePem("PRIVATE KEY", pkcs8.bytes));
}
