import { createSecretKey, type KeyObject } from "node:crypto";
import { hkdf } from "#lib/hkdf.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { SealForm } from "./seal-form.ts";

/**
 * A custody key: 32 random bytes that the root of custody wraps. From it come one key for each form of sealed value, so
 * that a process can be given the one without the others. Roots change by wrapping custody keys anew, which are few.
 */
export interface CustodyKey {
  /** Names it without giving anything away: 16 hexadecimal digits. */
  readonly id: string;
  /** What values of a form are sealed under, for one `using` block. */
  readonly derive: (form: SealForm) => PlaintextKey;
  /** The key that materials are sealed under. */
  readonly materials: KeyObject;
}

/** Makes the keys of a custody key. The bytes are copied: the caller wipes them. */
export function custodyKey(bytes: Uint8Array): CustodyKey {
  if (bytes.length !== CUSTODY_KEY_BYTES) throw new Error(`a custody key has ${CUSTODY_KEY_BYTES} bytes`);
  const secret = createSecretKey(bytes);
  const derive = (form: SealForm): PlaintextKey =>
    hkdf(secret, NO_SALT, Buffer.from(`sealkeeper custody ${form}`), CUSTODY_KEY_BYTES);
  using materials = derive("material");
  return { id: fingerprintOf(secret), derive, materials: createSecretKey(materials.bytes) };
}

/** Names a secret without giving anything away. */
export function fingerprintOf(secret: KeyObject): string {
  using id = hkdf(secret, NO_SALT, Buffer.from("sealkeeper root fingerprint"), FINGERPRINT);
  return id.bytes.toString("hex");
}

/** How many bytes a custody key has. */
export const CUSTODY_KEY_BYTES = 32;
const FINGERPRINT = 8;
const NO_SALT = Buffer.alloc(0);
