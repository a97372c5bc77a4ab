import type { SealedKey } from "#domain/keys/master-key.ts";
import type { Caller } from "#domain/names.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { type ContextlessOptions, NO_CONTEXT, usePublicKey } from "./use-key.ts";

/** A key pair with its public half (SubjectPublicKeyInfo, DER), for whoever may have it. */
export async function getPublicKey(
  request: Omit<ContextlessOptions, "dryRun"> & { readonly keyId: string },
  caller: Caller,
  deps: Custody,
): Promise<{ readonly key: SealedKey; readonly spki: Buffer }> {
  const operation = "GetPublicKey";
  const key = await findKey(deps.store, request.keyId, caller, { operation, aliases: true });
  const call = { ...request, ...NO_CONTEXT, operation, dryRun: false } as const;
  const { spki } = await usePublicKey(key, call, caller, deps, (publicKey) => ({
    spki: publicKey.export({ type: "spki", format: "der" }),
  }));
  return { key, spki };
}
