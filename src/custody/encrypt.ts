import type { EncryptionAlgorithm } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import type { Facts } from "#domain/policies/facts.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { checkNoContext, encryptRsa } from "./rsa-encryption.ts";
import { checkContext, type UsedKey, type UseOptions, useKey, usePublicKey } from "./use-key.ts";

export interface EncryptRequest extends UseOptions {
  readonly keyId: string;
  readonly plaintext: Uint8Array;
  /** SYMMETRIC_DEFAULT when it is not said. */
  readonly algorithm?: EncryptionAlgorithm;
  /** What policies may ask about the operation only. */
  readonly facts?: Facts;
}

/** Encrypts under a key's current material: up to 4096 bytes, with RSA what fits into a block. */
export async function encrypt(
  request: EncryptRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer }> {
  return await encryptAs("Encrypt", request, caller, deps);
}

/** Encrypts for one of the operations that do so. */
export async function encryptAs(
  operation: EncryptingOperation,
  request: EncryptRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer }> {
  const { keyId, plaintext, context, algorithm = "SYMMETRIC_DEFAULT" } = request;
  checkContext(context);
  const key = await findKey(deps.store, keyId, caller, { operation, aliases: true });
  const call = { ...request, algorithm, operation };
  if (key.publicKey !== undefined) {
    return await usePublicKey(key, call, caller, deps, (publicKey) => {
      checkNoContext(algorithm, context);
      return { ciphertext: encryptRsa(publicKey, algorithm, plaintext) };
    });
  }
  return await useKey(key, key.version, call, caller, deps, async (material) => ({
    ciphertext: await material.encrypt({ keyId: key.id, version: key.version }, plaintext, context),
  }));
}

type EncryptingOperation = "Encrypt" | "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" | "ReEncryptTo";
