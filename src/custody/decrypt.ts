import type { EncryptionAlgorithm } from "#domain/keys/key-specs.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import { keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { findMasterKey } from "#store/master-keys.ts";
import { type Ciphertext, readCiphertext } from "./ciphertext.ts";
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
  const { key, ciphertext } = await keyOf(operation, request, caller, deps);
  const version = ciphertext?.version ?? key.version;
  try {
    return await useKey(key, version, { ...request, algorithm, operation }, caller, deps, async (material) => {
      if (algorithm !== "SYMMETRIC_DEFAULT") checkNoContext(algorithm, context);
      const plaintext = ciphertext
        ? await material.decrypt(request.ciphertext ?? NOTHING, context)
        : await rsaPlaintext(material, algorithm, request.ciphertext ?? NOTHING);
      if (!plaintext) throw ciphertextInvalid();
      return { plaintext };
    });
  } catch (error) {
    const denied = error instanceof Refusal && error.code === "key-access-denied";
    // Nobody learns from a blob of his own making whether another account has a key of that id.
    throw denied && request.keyId === undefined && key.account !== caller.account ? unknownKey() : error;
  }
}

async function keyOf(
  operation: "Decrypt" | "ReEncryptFrom",
  request: DecryptRequest,
  caller: Caller,
  { store }: Pick<Custody, "store">,
): Promise<{ readonly key: SealedKey; readonly ciphertext: Ciphertext | undefined }> {
  const named =
    request.keyId === undefined ? undefined : await findKey(store, request.keyId, caller, { operation, aliases: true });
  if (request.ciphertext === undefined) {
    if (named && request.dryRun) return { key: named, ciphertext: undefined };
    throw new Refusal("key-value-invalid", "CiphertextBlob is required, except in a dry run that ignores it.");
  }
  // What a key pair decrypts says nothing of itself.
  if (named?.publicKey !== undefined) return { key: named, ciphertext: undefined };
  const ciphertext = readCiphertext(request.ciphertext);
  if (!ciphertext) throw ciphertextInvalid();
  if (named && wireKeyId(named.id) !== ciphertext.keyId) {
    throw new Refusal(
      "key-mismatch",
      "The key ID in the request does not identify a CMK that can perform this operation: the ciphertext was made by another key.",
    );
  }
  const key = named ?? (await findMasterKey(store, keyIdIn(caller.region, ciphertext.keyId)));
  if (!key || key.region !== caller.region) throw unknownKey();
  return { key, ciphertext };
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
