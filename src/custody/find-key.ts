import type { KeyOperation } from "#domain/keys/key-operations.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import { aliasArn, arnOf, type KeyReference, keyIdIn, parseKeyReference } from "#domain/keys/names.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findAliasTarget } from "#store/key-aliases.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Db } from "#store/store.ts";

/**
 * The key that `text` names: an id or ARN, and where `aliases` are allowed an alias name or ARN. A bare id or name is
 * one of the caller's own account; a key is only there in its own region. Refused with `key-not-found`,
 * `key-arn-invalid`, or, so that nobody learns what other accounts have, `key-access-denied`.
 */
export async function findKey(
  db: Db,
  text: string,
  caller: Caller,
  { operation, aliases }: { readonly operation: KeyOperation; readonly aliases: boolean },
): Promise<SealedKey> {
  const reference = parseKeyReference(text);
  if (reference === "invalid-arn") {
    throw new Refusal("key-arn-invalid", `Invalid arn ${text}: it is not the ARN of a KMS key or alias.`);
  }
  if (reference === "invalid-id" || (reference.kind === "alias" && !aliases)) {
    throw new Refusal("key-not-found", `Invalid keyId '${text}'`);
  }
  const owner = reference.owner ?? { account: caller.account, region: caller.region };
  if (owner.region !== caller.region) {
    throw new Refusal(
      "key-not-found",
      `Invalid arn ${owner.region}: keys are used in their own region, and this request was sent to ${caller.region}.`,
    );
  }
  const key = await lookUp(db, reference, owner);
  if (key) return key;
  if (owner.account !== caller.account) throw deniedAbroad(caller, operation);
  throw new Refusal(
    "key-not-found",
    reference.kind === "alias"
      ? `Alias ${aliasArn(owner, reference.name)} is not found.`
      : `Key '${arnOf({ ...owner, id: reference.id })}' does not exist`,
  );
}

/** Whether `text` names this key; says nothing of what else it may name. */
export async function namesKey(db: Db, text: string, { id }: SealedKey, caller: Caller): Promise<boolean> {
  const reference = parseKeyReference(text);
  if (typeof reference === "string") return false;
  return (await lookUp(db, reference, reference.owner ?? caller))?.id === id;
}

/** What AWS says of another account's key, whether or not it exists. */
export function deniedAbroad(caller: Caller, operation: KeyOperation): Refusal {
  return new Refusal(
    "key-access-denied",
    `User: ${caller.arn} is not authorized to perform: kms:${operation} on this resource because the resource does not ` +
      "exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
  );
}

async function lookUp(db: Db, reference: KeyReference, owner: Owner): Promise<SealedKey | undefined> {
  const id =
    reference.kind === "key" ? keyIdIn(owner.region, reference.id) : await findAliasTarget(db, owner, reference.name);
  const key = id && (await findMasterKey(db, id));
  return key && key.account === owner.account && key.region === owner.region ? key : undefined;
}
