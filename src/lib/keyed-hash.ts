import { createHash, createHmac } from "node:crypto";

/** SHA-256 over parts that cannot run into each other: each goes in with its length. */
export function digest(...parts: readonly string[]): Buffer {
  return createHash("sha256").update(framed(parts)).digest();
}

/** HMAC-SHA-256 (RFC 2104) over parts that cannot run into each other. */
export function keyedHash(key: Uint8Array, ...parts: readonly string[]): Buffer {
  return createHmac("sha256", key).update(framed(parts)).digest();
}

function framed(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join("");
}
