import type { EncryptionAlgorithm } from "#domain/keys/key-specs.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import type { Custody } from "./custody.ts";
import { decryptAs, decryptionKey } from "./decrypt.ts";
import { encryptAs } from "./encrypt.ts";
import { namesKey } from "./find-key.ts";
import { dryRun, type UsedKey, type UseOptions } from "./use-key.ts";

export interface ReEncryptRequest extends Omit<UseOptions, "context"> {
  readonly ciphertext: Uint8Array | undefined;
  readonly sourceKeyId: string | undefined;
  readonly sourceContext: EncryptionContext;
  readonly destinationKeyId: string;
  readonly destinationContext: EncryptionContext;
  readonly sourceAlgorithm: EncryptionAlgorithm;
  readonly destinationAlgorithm: EncryptionAlgorithm;
}

/** Moves a ciphertext to another key or context; the plaintext never leaves custody. */
export async function reEncrypt(
  request: ReEncryptRequest,
  caller: Caller,
  deps: Custody,
): Promise<UsedKey & { readonly ciphertext: Buffer; readonly source: UsedKey }> {
  const { sourceAlgorithm, destinationAlgorithm } = request;
  const source = {
    ...request,
    keyId: request.sourceKeyId,
    context: request.sourceContext,
    algorithm: sourceAlgorithm,
  };
  const key = await decryptionKey("ReEncryptFrom", source, caller, deps);
  const same = await namesKey(deps.store, request.destinationKeyId, key, caller);
  const facts = factsOf({ "kms:ReEncryptOnSameKey": String(same) });
  const from = { ...source, facts };
  const to = {
    ...request,
    facts,
    keyId: request.destinationKeyId,
    context: request.destinationContext,
    algorithm: destinationAlgorithm,
  };
  if (request.dryRun) {
    await wouldSucceed(() => decryptAs("ReEncryptFrom", from, caller, deps));
    await wouldSucceed(() => encryptAs("ReEncryptTo", { ...to, plaintext: NOTHING }, caller, deps));
    throw dryRun();
  }
  const { plaintext, keyArn, materialId } = await decryptAs("ReEncryptFrom", from, caller, deps);
  using message = plaintext;
  const made = await encryptAs("ReEncryptTo", { ...to, plaintext: message.bytes }, caller, deps);
  return { ...made, source: { keyArn, materialId } };
}

/** Swallows a dry run's own answer: the other half is still to be asked. */
async function wouldSucceed(half: () => Promise<unknown>): Promise<void> {
  try {
    await half();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "dry-run") throw error;
  }
}

const NOTHING = Buffer.alloc(0);
