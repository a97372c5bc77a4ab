import type { EdgeEnvelope } from "#domain/edge-config.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open } from "#lib/sealed.ts";
import type { Kms } from "./kms.ts";

/**
 * What is in a sealed envelope: a certificate's private key (PKCS#8 DER), a rule's client secret. Asks KMS each time:
 * nothing is kept here. Rejects as `Kms.dataKey` does.
 */
export async function openEnvelope(envelope: EdgeEnvelope, kms: Kms): Promise<PlaintextKey> {
  using dataKey = await kms.dataKey(envelope);
  const secret = open(dataKey.bytes, envelope.sealedKey, canonicalContext(envelope.encryptionContext));
  if (!secret) throw new Error(`what is sealed for ${describe(envelope)} does not open under its data key`);
  return secret;
}

function describe({ encryptionContext }: EdgeEnvelope): string {
  return Object.values(encryptionContext).join(" ");
}
