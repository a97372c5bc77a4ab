import { decide } from "#domain/keys/authorization.ts";
import { keyFacts } from "#domain/keys/key-facts.ts";
import { readKeyPolicy } from "#domain/keys/key-policy.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { joinFacts } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { setKeyPolicy } from "#store/master-keys.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";

/** Gives a key another policy (PutKeyPolicy). */
export async function putKeyPolicy(
  request: { readonly keyId: string; readonly policy: string; readonly mayLockOut: boolean },
  caller: Caller,
  deps: ChangeDeps,
): Promise<void> {
  await changeKey("PutKeyPolicy", request.keyId, caller, deps, async (tx, key) => {
    checkKeyPolicy(key, request.policy, request.mayLockOut, caller);
    await setKeyPolicy(tx, key.id, request.policy);
  });
}

/**
 * Refuses a policy that is none, and, unless that is meant, one that does not let the caller change it again: a key that
 * nobody can manage stays so for ever.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-iam-policies
 */
export function checkKeyPolicy(key: MasterKey, text: string, mayLockOut: boolean, caller: Caller): void {
  const policy = readKeyPolicy(text);
  if (mayLockOut) return;
  const context = {};
  const facts = joinFacts(caller.facts ?? {}, keyFacts(key, { context }, caller));
  const asked = { caller, context, facts, grants: [], key: { account: key.account, arn: arnOf(key), policy } };
  if (decide({ ...asked, operation: "PutKeyPolicy" }).allowed) return;
  throw new Refusal(
    "key-policy-invalid",
    "The new key policy will not allow you to update the key policy in the future.",
  );
}
