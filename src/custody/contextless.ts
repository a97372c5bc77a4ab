import type { KeyOperation } from "#domain/keys/key-operations.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import type { Caller } from "#domain/names.ts";
import type { Facts } from "#domain/policies/facts.ts";
import type { KeyCall } from "./authorize.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import type { UseOptions } from "./use-key.ts";

/** What every request says to a key that has no encryption context, beside its data. */
export interface ContextlessRequest extends Omit<UseOptions, "context"> {
  /** An id, ARN, alias or alias ARN. */
  readonly keyId: string;
  /** By which of the key's algorithms; undefined for operations without one. */
  readonly algorithm?: string;
  /** What policies may ask about the operation only. */
  readonly facts?: Facts;
}

/** The key that such a request names, and the call to make with it. */
export async function contextlessCall(
  operation: KeyOperation,
  { keyId, algorithm, grantTokens, dryRun, facts }: ContextlessRequest,
  caller: Caller,
  { store }: Pick<Custody, "store">,
): Promise<{ readonly key: SealedKey; readonly call: KeyCall & Pick<UseOptions, "dryRun"> }> {
  const key = await findKey(store, keyId, caller, { operation, aliases: true });
  return { key, call: { operation, context: {}, grantTokens, algorithm, dryRun, keyId, facts } };
}
