import { createCipheriv, createDecipheriv } from "node:crypto";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/** AES key wrap with padding (RFC 5649, KWP of NIST SP 800-38F) under a key of 16, 24 or 32 bytes. */
export function wrapPadded(key: PlaintextKey, secret: PlaintextKey): Buffer {
  const cipher = createCipheriv(cipherOf(key), key.bytes, ALTERNATIVE_IV);
  return Buffer.concat([cipher.update(secret.bytes), cipher.final()]);
}

/** What `wrapPadded` wrapped; undefined for anything else, whatever is wrong with it. */
export function unwrapPadded(key: PlaintextKey, wrapped: Uint8Array): PlaintextKey | undefined {
  // OpenSSL takes an empty input for an empty secret.
  if (wrapped.length < SHORTEST || wrapped.length % BLOCK !== 0) return undefined;
  try {
    const decipher = createDecipheriv(cipherOf(key), key.bytes, ALTERNATIVE_IV);
    const secret = new PlaintextKey(decipher.update(wrapped));
    decipher.final();
    return secret;
  } catch {
    return undefined;
  }
}

function cipherOf({ bytes }: PlaintextKey): string {
  return `id-aes${bytes.length * 8}-wrap-pad`;
}

/** RFC 5649 section 3. */
const ALTERNATIVE_IV = Buffer.from("a65959a6", "hex");
const BLOCK = 8;
const SHORTEST = 16;
