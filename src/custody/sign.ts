import type { SigningAlgorithm } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { type ContextlessRequest, contextlessCall } from "./contextless.ts";
import type { Custody } from "./custody.ts";
import { isSignature, type Message } from "./signatures.ts";
import { resultOf, type UsedKey, useKey, usePublicKey } from "./use-key.ts";

export interface SignRequest extends ContextlessRequest {
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
  const { key, call } = await signingCall("Sign", request, caller, deps);
  return await useKey(key, key.version, call, caller, deps, async (privateKey) => ({
    signature: await resultOf(privateKey.do({ do: "sign", algorithm, type: message.type, data: message.bytes })),
  }));
}

/** Answers which key made a signature; refuses with `signature-invalid` when it was not this one. */
export async function verifySignature(
  request: SignRequest & { readonly signature: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey> {
  const { algorithm, message, signature } = request;
  const { key, call } = await signingCall("Verify", request, caller, deps);
  return await usePublicKey(key, call, caller, deps, (publicKey) => {
    if (isSignature(publicKey, algorithm, message, signature)) return {};
    throw new Refusal("signature-invalid", "The signature is not this key's for this message and algorithm.");
  });
}

async function signingCall(
  operation: "Sign" | "Verify",
  request: SignRequest,
  caller: Caller,
  deps: Custody,
): ReturnType<typeof contextlessCall> {
  const facts = factsOf({ "kms:MessageType": request.message.type });
  return await contextlessCall(operation, { ...request, facts }, caller, deps);
}
