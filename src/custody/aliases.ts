import { keyType } from "#domain/keys/key-specs.ts";
import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { type AliasName, aliasArn, arnOf, isReservedAlias, type KeyId, parseAliasName } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { countAliases, deleteAlias, findAliasTarget, insertAlias, updateAlias } from "#store/key-aliases.ts";
import { findMasterKey } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { authorize } from "./authorize.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";

/** A name and the key it is to stand for. */
export interface AliasRequest {
  readonly aliasName: string;
  /** A key's id or ARN. */
  readonly targetKeyId: string;
}

/** Gives one of the caller's keys a name. */
export async function createAlias(request: AliasRequest, caller: Caller, deps: ChangeDeps): Promise<void> {
  const name = ownName(request.aliasName);
  refuseAlias(request.targetKeyId);
  await changeKey("CreateAlias", request.targetKeyId, caller, deps, async (tx, key) => {
    await checkRoom(tx, key.id);
    if (await insertAlias(tx, caller, name, key.id, deps.clock.now())) return;
    throw new Refusal("alias-exists", `An alias with the name ${aliasArn(caller, name)} already exists`);
  });
}

/** Points a name of the caller's to another of its keys of the same type and usage; it must be allowed on both (API_UpdateAlias). */
export async function repointAlias(request: AliasRequest, caller: Caller, deps: ChangeDeps): Promise<void> {
  const name = ownName(request.aliasName);
  refuseAlias(request.targetKeyId);
  await changeKey("UpdateAlias", request.targetKeyId, caller, deps, async (tx, key) => {
    const before = await findAliasTarget(tx, caller, name);
    const old = before === undefined || before === key.id ? undefined : await findMasterKey(tx, before);
    if (old) {
      await authorize(tx, old, { operation: "UpdateAlias", context: {}, grantTokens: [] }, caller, deps.root);
      checkAlike(old, key);
    }
    if (before !== key.id) await checkRoom(tx, key.id);
    if (!(await updateAlias(tx, caller, name, key.id, deps.clock.now()))) throw notFound(name, caller);
  });
}

/** Takes a name away; the key stays. */
export async function removeAlias(aliasName: string, caller: Caller, deps: ChangeDeps): Promise<void> {
  const name = ownName(aliasName);
  const target = await findAliasTarget(deps.store, caller, name);
  if (!target) throw notFound(name, caller);
  const { account, region } = caller;
  await changeKey("DeleteAlias", arnOf({ account, region, id: target }), caller, deps, async (tx) => {
    if (!(await deleteAlias(tx, caller, name))) throw notFound(name, caller);
  });
}

/** A name that an account may give and take. */
function ownName(text: string): AliasName {
  if (!text.startsWith("alias/")) {
    throw new Refusal("key-value-invalid", "Invalid identifier: an alias begins with alias/");
  }
  const name = parseAliasName(text);
  if (!name) throw new Refusal("key-value-invalid", `${text} contains invalid characters for an alias`);
  if (isReservedAlias(name)) {
    throw new Refusal("alias-reserved", "The prefix alias/aws/ is reserved for AWS managed keys.");
  }
  return name;
}

function refuseAlias(targetKeyId: string): void {
  if (/(^|:)alias\//.test(targetKeyId)) {
    throw new Refusal("key-value-invalid", "Aliases must refer to keys. Not aliases");
  }
}

/** Whoever uses a key by its name goes on being able to. */
function checkAlike(old: MasterKey, key: MasterKey): void {
  if (keyType(old.spec) === keyType(key.spec) && old.usage === key.usage) return;
  throw new Refusal(
    "key-value-invalid",
    `An alias of a key of the spec ${old.spec} for ${old.usage} cannot be updated to one of the spec ${key.spec} for ` +
      `${key.usage}: the current and the new key must be of the same type and usage.`,
  );
}

async function checkRoom(tx: Tx, keyId: KeyId): Promise<void> {
  const most = KEY_LIMITS.aliasesPerKey;
  if ((await countAliases(tx, keyId, most)) < most) return;
  throw new Refusal("key-limit-exceeded", `A key can have at most ${most} aliases.`);
}

function notFound(name: AliasName, caller: Caller): Refusal {
  return new Refusal("key-not-found", `Alias ${aliasArn(caller, name)} is not found.`);
}
