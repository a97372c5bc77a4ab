import type { KeyPairSpec } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Custody } from "./custody.ts";
import { encryptAs } from "./encrypt.ts";
import { makePair } from "./key-pair.ts";
import type { UsedKey, UseOptions } from "./use-key.ts";

export interface DataKeyPairRequest extends UseOptions {
  readonly keyId: string;
  readonly spec: KeyPairSpec;
}

/** A key pair for use outside: the private half (PKCS#8, DER) under a key of KMS. */
export interface WrappedPair extends UsedKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  readonly ciphertext: Buffer;
}

/** A fresh key pair, its private half in clear, too: that is the caller's to wipe. */
export async function generateDataKeyPair(
  request: DataKeyPairRequest,
  caller: Caller,
  deps: Custody,
): Promise<WrappedPair & { readonly pkcs8: PlaintextKey }> {
  const { spki, pkcs8 } = await makePair(request.spec);
  try {
    const made = await encryptAs("GenerateDataKeyPair", { ...request, plaintext: pkcs8.bytes }, caller, deps);
    return { ...made, spki, pkcs8 };
  } catch (error) {
    pkcs8[Symbol.dispose]();
    throw error;
  }
}

/** A fresh key pair, its private half under the key only. */
export async function generateDataKeyPairWithoutPlaintext(
  request: DataKeyPairRequest,
  caller: Caller,
  deps: Custody,
): Promise<WrappedPair> {
  const operation = "GenerateDataKeyPairWithoutPlaintext";
  const { spki, ...pair } = await makePair(request.spec);
  using pkcs8 = pair.pkcs8;
  return { ...(await encryptAs(operation, { ...request, plaintext: pkcs8.bytes }, caller, deps)), spki };
}
