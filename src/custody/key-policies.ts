import { decide } from "#domain/keys/authorization.ts";
import { keyFacts } from "#domain/keys/key-facts.ts";
import { keyPolicy, readKeyPolicy } from "#domain/keys/key-policy.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { factsOf, joinFacts } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { setKeyPolicy } from "#store/master-keys.ts";
import type { Db, Tx } from "#store/store.ts";
import { bindPolicy, showPolicies } from "./bound-principals.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";

/** Gives a key another policy (PutKeyPolicy). */
export async function putKeyPolicy(
  request: { readonly keyId: string; readonly policy: string; readonly mayLockOut: boolean },
  caller: Caller,
  deps: ChangeDeps,
): Promise<void> {
  const put = async (tx: Tx, key: MasterKey): Promise<void> => {
    await setKeyPolicy(tx, key.id, await newKeyPolicy(tx, key, request.policy, request.mayLockOut, caller));
  };
  const facts = factsOf({ "kms:BypassPolicyLockoutSafetyCheck": String(request.mayLockOut) });
  await changeKey("PutKeyPolicy", request.keyId, caller, deps, put, facts);
}

/** The policy of a key, as GetKeyPolicy shows it. */
export async function shownKeyPolicy(db: Db, key: MasterKey): Promise<string> {
  const policy = keyPolicy(key);
  const [shown = policy] = await showPolicies(db, [policy]);
  return shown;
}

/**
 * A policy for a key, as it is kept (`bindPolicy`). Refuses one that is none or names who is not there, and, unless that is
 * meant, one that does not let the caller change it again: a key that nobody can manage stays so for ever.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-iam-policies
 */
export async function newKeyPolicy(
  db: Db,
  key: MasterKey,
  text: string,
  mayLockOut: boolean,
  caller: Caller,
): Promise<string> {
  readKeyPolicy(text);
  const bound = await bindPolicy(db, text);
  if (!mayLockOut) checkLockout(key, readKeyPolicy(bound), caller);
  return bound;
}

function checkLockout(key: MasterKey, policy: PolicyDocument, caller: Caller): void {
  const context = {};
  const facts = joinFacts(caller.facts ?? {}, keyFacts(key, { context }, caller));
  const asked = { caller, context, facts, grants: [], key: { account: key.account, arn: arnOf(key), policy } };
  if (decide({ ...asked, operation: "PutKeyPolicy" }).allowed) return;
  throw new Refusal(
    "key-policy-invalid",
    "The new key policy will not allow you to update the key policy in the future.",
  );
}
