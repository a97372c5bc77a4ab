import { hkdfSync, type KeyObject } from "node:crypto";
import { PlaintextKey } from "./plaintext-key.ts";

/**
 * HKDF with SHA-256 (RFC 5869): a key of `length` bytes for the one purpose that `info` names. `info` may have 1024
 * bytes, `length` at most 8160.
 */
export function hkdf(key: KeyObject | Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): PlaintextKey {
  return new PlaintextKey(Buffer.from(hkdfSync("sha256", key, salt, info, length)));
}
