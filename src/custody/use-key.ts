import { createPublicKey, type KeyObject } from "node:crypto";
import type { KeyArn } from "#domain/arn.ts";
import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Act } from "#journal/journal.ts";
import { canonicalContext, type EncryptionContext } from "#lib/encryption-context.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { type Allowed, authorize, type KeyCall } from "./authorize.ts";
import type { Custody } from "./custody.ts";
import { inTrails, keyAct } from "./key-acts.ts";
import { checkInForce, type Material, openMaterial } from "./material.ts";

/** What every cryptographic request says beside its data. */
export interface UseOptions {
  readonly context: EncryptionContext;
  readonly grantTokens: readonly string[];
  /** Only says whether it would succeed. */
  readonly dryRun: boolean;
}

/** Which key did it, and with which of its materials. */
export interface UsedKey {
  readonly keyArn: KeyArn;
  /** Undefined only of a key pair's public half, which needs none. */
  readonly materialId: string | undefined;
}

/**
 * Uses a key's material for one call, if the caller may: the use is in the journal, on the disk, before its result
 * leaves; so are refusals, a moment later. `version` is that of the material, which is asked once the caller may use it.
 */
export async function useKey<Result extends object>(
  key: SealedKey,
  version: number | (() => number),
  call: KeyCall & Pick<UseOptions, "dryRun">,
  caller: Caller,
  deps: Custody,
  work: (material: Material) => Promise<Result>,
): Promise<Result & UsedKey> {
  return await journalled(key, call, caller, deps, async () => {
    const allowed = await authorize(deps.store, key, call, caller, deps.root);
    checkInForce(key, key, deps.clock.now());
    const wanted = typeof version === "number" ? version : version();
    if (call.dryRun) throw dryRun();
    const opened = await openMaterial(deps.store, key, wanted, deps.root);
    if (!opened) throw ciphertextInvalid();
    const { material, materialId } = opened;
    checkInForce(key, opened, deps.clock.now());
    return { allowed, result: { ...(await work(material)), keyArn: arnOf(key), materialId } };
  });
}

/** Uses the public half of a key pair in the same way: the private one stays sealed. */
export async function usePublicKey<Result extends object>(
  key: SealedKey,
  call: KeyCall & Pick<UseOptions, "dryRun">,
  caller: Caller,
  deps: Custody,
  work: (publicKey: KeyObject) => Result,
): Promise<Result & UsedKey> {
  return await journalled(key, call, caller, deps, async () => {
    const allowed = await authorize(deps.store, key, call, caller, deps.root);
    checkInForce(key, key, deps.clock.now());
    if (call.dryRun) throw dryRun();
    const { materialId } = key;
    return { allowed, result: { ...work(publicKeyOf(key)), keyArn: arnOf(key), materialId } };
  });
}

function publicKeyOf({ id, publicKey }: SealedKey): KeyObject {
  if (!publicKey) throw new Error(`the key pair ${id} has no public half`);
  return createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
}

/** What work with material comes to that always comes to something. */
export async function resultOf(work: Promise<Buffer | undefined>): Promise<Buffer> {
  const result = await work;
  if (!result) throw ciphertextInvalid();
  return result;
}

/** Answers a dry run: it stops where the key would be used. */
export function dryRun(): Refusal {
  return new Refusal("dry-run", "The request would have succeeded, but the DryRun option is set.");
}

/** A blob that no key of ours made, or that was changed, or that belongs to another context: nobody can tell which. */
export function ciphertextInvalid(): Refusal {
  return new Refusal(
    "ciphertext-invalid",
    "The ciphertext is not valid: it was not made by this KMS, was changed, or was encrypted with another encryption context.",
  );
}

/** Refuses an encryption context that is too large. */
export function checkContext(context: EncryptionContext): void {
  if (canonicalContext(context).length <= KEY_LIMITS.contextBytes) return;
  throw new Refusal("key-value-invalid", `The encryption context has more than ${KEY_LIMITS.contextBytes} bytes.`);
}

async function journalled<Result extends object>(
  key: SealedKey,
  call: KeyCall,
  caller: Caller,
  { journal }: Pick<Custody, "journal">,
  use: () => Promise<{ readonly allowed: Allowed; readonly result: Result }>,
): Promise<Result> {
  const acts = (about: { readonly grantId?: string | undefined; readonly error?: Act["error"] }): readonly Act[] =>
    inTrails(keyAct(caller, eventOf(call), { key: arnOf(key), context: call.context, ...about }), key);
  try {
    const { allowed, result } = await use();
    try {
      const done = acts({ grantId: allowed.by === "grant" ? allowed.grant.id : undefined });
      await Promise.all(done.map((act) => journal.record(act)));
    } catch (error) {
      for (const part of Object.values(result)) if (part instanceof PlaintextKey) part[Symbol.dispose]();
      throw error;
    }
    return result;
  } catch (error) {
    if (error instanceof Refusal) {
      for (const act of acts({ error: { code: error.code, message: error.message } })) journal.note(act);
    }
    throw error;
  }
}

/** CloudTrail knows ReEncrypt as one event; it is recorded once for each of its two keys. */
function eventOf({ operation }: KeyCall): string {
  return operation.replace(/^ReEncrypt(From|To)$/, "ReEncrypt");
}
