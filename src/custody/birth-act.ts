import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import type { Owner } from "#domain/names.ts";
import type { Act } from "#journal/journal.ts";
import { publicKeyHash } from "./sealed-key-acts.ts";

/**
 * That a key pair was made, and what for: `resource` is the certificate's ARN, or "pool" while it has none. The journal names
 * the pair by the SHA-256 of its public half (SubjectPublicKeyInfo), by which anybody finds it in the certificate.
 */
export function birthAct(
  spki: Uint8Array,
  algorithm: LeafKeyAlgorithm,
  origin: "new" | "pool",
  resource: string,
  owner: Owner | undefined,
): Act {
  return {
    account: owner?.account ?? "",
    region: owner?.region ?? "",
    principal: "acm.amazonaws.com",
    eventSource: "custody.sealkeeper",
    eventName: "CreateKeyPair",
    resource,
    requestId: "",
    detail: { algorithm, origin, publicKeySha256: publicKeyHash(spki) },
  };
}
