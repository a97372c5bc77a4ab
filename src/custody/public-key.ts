import type { SealedKey } from "#domain/keys/master-key.ts";
import type { Caller } from "#domain/names.ts";
import { type ContextlessRequest, contextlessCall } from "./contextless.ts";
import type { Custody } from "./custody.ts";
import { usePublicKey } from "./use-key.ts";

/** A key pair with its public half (SubjectPublicKeyInfo, DER), for whoever may have it. */
export async function getPublicKey(
  request: Omit<ContextlessRequest, "dryRun" | "algorithm">,
  caller: Caller,
  deps: Custody,
): Promise<{ readonly key: SealedKey; readonly spki: Buffer }> {
  const { key, call } = await contextlessCall("GetPublicKey", { ...request, dryRun: false }, caller, deps);
  const { spki } = await usePublicKey(key, call, caller, deps, (publicKey) => ({
    spki: publicKey.export({ type: "spki", format: "der" }),
  }));
  return { key, spki };
}
