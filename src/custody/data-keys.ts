import { randomBytes } from "node:crypto";
import type { Caller } from "#domain/names.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Custody } from "./custody.ts";
import { encryptAs } from "./encrypt.ts";
import type { UsedKey, UseOptions } from "./use-key.ts";

export interface DataKeyRequest extends UseOptions {
  readonly keyId: string;
  /** In bytes. */
  readonly length: number;
}

/** A fresh data key, in clear and under the key. The clear one is the caller's to wipe. */
export async function generateDataKey(
  request: DataKeyRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer; readonly plaintext: PlaintextKey }> {
  const plaintext = new PlaintextKey(randomBytes(request.length));
  try {
    const made = await encryptAs("GenerateDataKey", { ...request, plaintext: plaintext.bytes }, caller, deps);
    return { ...made, plaintext };
  } catch (error) {
    plaintext[Symbol.dispose]();
    throw error;
  }
}

/** A fresh data key, under the key only. */
export async function generateDataKeyWithoutPlaintext(
  request: DataKeyRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer }> {
  using plaintext = new PlaintextKey(randomBytes(request.length));
  return await encryptAs("GenerateDataKeyWithoutPlaintext", { ...request, plaintext: plaintext.bytes }, caller, deps);
}

/** Unpredictable bytes for anybody who asks (GenerateRandom). */
export function generateRandom(length: number): Buffer {
  return randomBytes(length);
}
