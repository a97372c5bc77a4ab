import { encapsulate } from "node:crypto";
import type { MasterKey } from "#domain/keys/master-key.ts";
import type { Caller } from "#domain/names.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type ContextlessRequest, contextlessCall } from "./contextless.ts";
import type { Custody } from "./custody.ts";
import { ciphertextInvalid, resultOf, type UsedKey, useKey, usePublicKey } from "./use-key.ts";

interface SecretRequest extends ContextlessRequest {
  readonly algorithm: string;
}

/** A secret that is the caller's to wipe. */
interface Shared {
  readonly secret: PlaintextKey;
}

/** What this key and another's public one (SubjectPublicKeyInfo, DER) have in common: the x coordinate of ECDH (SP 800-56A). */
export async function deriveSharedSecret(
  request: SecretRequest & { readonly publicKey: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & Shared & Pick<MasterKey, "origin">> {
  const { key, call } = await contextlessCall("DeriveSharedSecret", request, caller, deps);
  return await useKey(key, key.version, call, caller, deps, async (privateKey) => ({
    secret: new PlaintextKey(await resultOf(privateKey.do({ do: "agree", data: request.publicKey }))),
    origin: key.origin,
  }));
}

/** A fresh secret, in clear and as only this key's owner can recover it (FIPS 203). */
export async function encapsulateSecret(
  request: SecretRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & Shared & { readonly ciphertext: Buffer }> {
  const { key, call } = await contextlessCall("Encapsulate", request, caller, deps);
  return await usePublicKey(key, call, caller, deps, (publicKey) => {
    const { sharedKey, ciphertext } = encapsulate(publicKey);
    return { secret: new PlaintextKey(sharedKey), ciphertext };
  });
}

/** Recovers a secret. A changed ciphertext of the right length gives another secret: ML-KEM tells nobody. */
export async function decapsulateSecret(
  request: SecretRequest & { readonly ciphertext: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & Shared> {
  const { key, call } = await contextlessCall("Decapsulate", request, caller, deps);
  return await useKey(key, key.version, call, caller, deps, async (privateKey) => {
    const secret = await privateKey.do({ do: "decapsulate", data: request.ciphertext });
    if (!secret) throw ciphertextInvalid();
    return { secret: new PlaintextKey(secret) };
  });
}
