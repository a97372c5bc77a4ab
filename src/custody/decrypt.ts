import { type EncryptionAlgorithm, isKeyPairSpec } from "#domain/keys/key-specs.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import { keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import type { Facts } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { findMasterKey } from "#store/master-keys.ts";
import { readCiphertext } from "./ciphertext.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import type { Material } from "./material.ts";
import { checkNoContext } from "./rsa-encryption.ts";
import { checkContext, ciphertextInvalid, type UsedKey, type UseOptions, useKey } from "./use-key.ts";

export interface DecryptRequest extends UseOptions {
  /** Undefined only in a dry run that shall not look at a ciphertext. */
  readonly ciphertext: Uint8Array | undefined;
  /** The key that must have made it; undefined: whichever the ciphertext names. */
  readonly keyId: string | undefined;
  /** SYMMETRIC_DEFAULT when it is not said. */
  readonly algorithm?: EncryptionAlgorithm;
  /** What policies may ask about the operation only. */
  readonly facts?: Facts;
}

/** Decrypts what one of the caller's keys, or one that was granted to it, made. The plaintext is the caller's to wipe. */
export async function decrypt(
  request: DecryptRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly plaintext: PlaintextKey }> {
  return await decryptAs("Decrypt", request, caller, deps);
}

/** Decrypts for one of the operations that do so. */
export async function decryptAs(
  operation: "Decrypt" | "ReEncryptFrom",
  request: DecryptRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly plaintext: PlaintextKey }> {
  checkContext(request.context);
  const { algorithm = "SYMMETRIC_DEFAULT", context } = request;
  const key = await decryptionKey(operation, request, caller, deps);
  const { ciphertext = NOTHING } = request;
  const version = (): number => versionFor(key, request.ciphertext);
  try {
    return await useKey(key, version, { ...request, algorithm, operation }, caller, deps, async (material) => {
      if (algorithm !== "SYMMETRIC_DEFAULT") checkNoContext(algorithm, context);
      const plaintext = isKeyPairSpec(key.spec)
        ? await rsaPlaintext(material, algorithm, ciphertext)
        : await material.decrypt(ciphertext, context);
      if (!plaintext) throw ciphertextInvalid();
      return { plaintext };
    });
  } catch (error) {
    const denied = error instanceof Refusal && error.code === "key-access-denied";
    // Nobody learns from a blob of his own making whether another account has a key of that id.
    throw denied && request.keyId === undefined && key.account !== caller.account ? unknownKey() : error;
  }
}

/** The key that a request names or, where it names none, its ciphertext. */
export async function decryptionKey(
  operation: "Decrypt" | "ReEncryptFrom",
  { keyId, ciphertext, dryRun }: DecryptRequest,
  caller: Caller,
  { store }: Pick<Custody, "store">,
): Promise<SealedKey> {
  const named = keyId === undefined ? undefined : await findKey(store, keyId, caller, { operation, aliases: true });
  if (ciphertext === undefined && !(named && dryRun)) {
    throw new Refusal("key-value-invalid", "CiphertextBlob is required, except in a dry run that ignores it.");
  }
  if (named) return named;
  const read = readCiphertext(ciphertext ?? NOTHING);
  if (!read) throw ciphertextInvalid();
  const key = await findMasterKey(store, keyIdIn(caller.region, read.keyId));
  if (!key || key.region !== caller.region) throw unknownKey();
  return key;
}

/** With which version of its material a key made a ciphertext. Refuses what it cannot have made. */
function versionFor(key: SealedKey, ciphertext: Uint8Array | undefined): number {
  // What a key pair decrypts says nothing of itself.
  if (ciphertext === undefined || isKeyPairSpec(key.spec)) return key.version;
  const read = readCiphertext(ciphertext);
  if (!read) throw ciphertextInvalid();
  if (wireKeyId(key.id) === read.keyId) return read.version;
  throw new Refusal(
    "key-mismatch",
    "The key ID in the request does not identify a CMK that can perform this operation: the ciphertext was made by another key.",
  );
}

async function rsaPlaintext(
  material: Material,
  algorithm: EncryptionAlgorithm,
  data: Uint8Array,
): Promise<PlaintextKey | undefined> {
  const plaintext = await material.do({ do: "decrypt-rsa", algorithm, data });
  return plaintext && new PlaintextKey(plaintext);
}

/** AWS's words for a ciphertext whose key the caller cannot see. */
function unknownKey(): Refusal {
  return new Refusal(
    "key-access-denied",
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not " +
      "allowed to access.",
  );
}

const NOTHING = Buffer.alloc(0);
