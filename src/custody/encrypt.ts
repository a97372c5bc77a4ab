import type { Caller } from "#domain/names.ts";
import { encryptUnder } from "./ciphertext.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { checkContext, type UsedKey, type UseOptions, useKey } from "./use-key.ts";

/** Encrypts up to 4096 bytes under a key's current material. */
export async function encrypt(
  request: UseOptions & { readonly keyId: string; readonly plaintext: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer }> {
  return await encryptAs("Encrypt", request, caller, deps);
}

/** Encrypts for one of the operations that do so. */
export async function encryptAs(
  operation: "Encrypt" | "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext" | "ReEncryptTo",
  request: UseOptions & { readonly keyId: string; readonly plaintext: Uint8Array },
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer }> {
  const { keyId, plaintext, context } = request;
  checkContext(context);
  const key = await findKey(deps.store, keyId, caller, { operation, aliases: true });
  return await useKey(key, key.version, { ...request, operation }, caller, deps, (material) => ({
    ciphertext: encryptUnder(material, { keyId: key.id, version: key.version }, plaintext, context),
  }));
}
