import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { encode, integer, octetString, oid, sequence } from "./der.ts";
import { PlaintextKey } from "./plaintext-key.ts";

/**
 * EncryptedPrivateKeyInfo (RFC 5958 section 3), encrypted by PBES2 (RFC 8018 section 6.2) exactly as ACM does it, for
 * clients in the wild insist on it: PBKDF2 with a salt of 20 bytes, 2048 iterations and HMAC-SHA-1, which is the default
 * and not stated; AES-256 in CBC mode. `pkcs8` is DER; both secrets stay their owner's to wipe.
 */
export function encryptPkcs8(pkcs8: PlaintextKey, passphrase: PlaintextKey): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  using key = new PlaintextKey(pbkdf2Sync(passphrase.bytes, salt, ITERATIONS, KEY_BYTES, "sha1"));
  const cipher = createCipheriv("aes-256-cbc", key.bytes, iv);
  const encrypted = Buffer.concat([cipher.update(pkcs8.bytes), cipher.final()]);
  const derivation = sequence(PBKDF2, sequence(octetString(salt), integer(ITERATIONS)));
  const encryption = sequence(AES_256_CBC, octetString(iv));
  return encode(sequence(sequence(PBES2, sequence(derivation, encryption)), octetString(encrypted)));
}

const PBES2 = oid("1.2.840.113549.1.5.13");
const PBKDF2 = oid("1.2.840.113549.1.5.12");
const AES_256_CBC = oid("2.16.840.1.101.3.4.1.42");
const SALT_BYTES = 20;
const IV_BYTES = 16;
const KEY_BYTES = 32;
const ITERATIONS = 2048;
