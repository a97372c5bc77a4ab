import type { SigningAlgorithm } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { isSignature, type Message, signMessage } from "./signatures.ts";
import { type ContextlessOptions, NO_CONTEXT, type UsedKey, useKey, usePublicKey } from "./use-key.ts";

export interface SignRequest extends ContextlessOptions {
  readonly keyId: string;
  readonly message: Message;
  readonly algorithm: SigningAlgorithm;
}

/** Signs a message, or its digest, of up to 4096 bytes. */
export async function signWith(
  request: SignRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly signature: Buffer }> {
  const { algorithm, message } = request;
  const call = { ...request, ...NO_CONTEXT, operation: "Sign" } as const;
  const key = await findKey(deps.store, request.keyId, caller, { operation: "Sign", aliases: true });
  return await useKey(key, key.version, call, caller, deps, (privateKey) => ({
    signature: signMessage(privateKey, algorithm, message),
  }));
}

/** Answers which key made a signature; refuses with `signature-invalid` when it was not this one. */
export async function verifySignature(
  request: SignRequest & { readonly signature: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey> {
  const { algorithm, message, signature } = request;
  const call = { ...request, ...NO_CONTEXT, operation: "Verify" } as const;
  const key = await findKey(deps.store, request.keyId, caller, { operation: "Verify", aliases: true });
  return await usePublicKey(key, call, caller, deps, (publicKey) => {
    if (isSignature(publicKey, algorithm, message, signature)) return {};
    throw new Refusal("signature-invalid", "The signature is not this key's for this message and algorithm.");
  });
}
