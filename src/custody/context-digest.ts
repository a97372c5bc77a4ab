import { createHash } from "node:crypto";
import { canonicalContext, type EncryptionContext } from "#lib/encryption-context.ts";

/** A short name for an encryption context, by which the grants that are for exactly this one are found. */
export function contextDigest(context: EncryptionContext): string {
  return createHash("sha256").update(canonicalContext(context)).digest("hex");
}
