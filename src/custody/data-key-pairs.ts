import type { KeyPairSpec } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { makePair } from "./key-pair.ts";
import { checkContext, type UsedKey, type UseOptions, useKey } from "./use-key.ts";

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
  return await makeWrappedPair("GenerateDataKeyPair", request, caller, deps);
}

/** A fresh key pair, its private half under the key only. */
export async function generateDataKeyPairWithoutPlaintext(
  request: DataKeyPairRequest,
  caller: Caller,
  deps: Custody,
): Promise<WrappedPair> {
  const { pkcs8, ...wrapped } = await makeWrappedPair("GenerateDataKeyPairWithoutPlaintext", request, caller, deps);
  pkcs8[Symbol.dispose]();
  return wrapped;
}

/** The pair is made once it is sure that the caller may have it: of RSA_4096 that takes seconds. */
async function makeWrappedPair(
  operation: "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext",
  request: DataKeyPairRequest,
  caller: Caller,
  deps: Custody,
): Promise<WrappedPair & { readonly pkcs8: PlaintextKey }> {
  const { keyId, spec, context } = request;
  checkContext(context);
  const key = await findKey(deps.store, keyId, caller, { operation, aliases: true });
  const facts = factsOf({ "kms:DataKeyPairSpec": spec });
  return await useKey(key, key.version, { ...request, operation, facts }, caller, deps, async (material) => {
    const { spki, pkcs8 } = await makePair(spec);
    try {
      const ciphertext = await material.encrypt({ keyId: key.id, version: key.version }, pkcs8.bytes, context);
      return { spki, pkcs8, ciphertext };
    } catch (error) {
      pkcs8[Symbol.dispose]();
      throw error;
    }
  });
}
