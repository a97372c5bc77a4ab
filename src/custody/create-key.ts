import type { KeyManager } from "#domain/keys/key-operations.ts";
import { type KeyKind, SYMMETRIC } from "#domain/keys/key-specs.ts";
import type { KeyTag, MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import { checkTags } from "#domain/keys/tags.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { putKeyTags } from "#store/key-tags.ts";
import { insertMasterKey } from "#store/master-keys.ts";
import type { Custody, Keeping } from "./custody.ts";
import { keyAct } from "./key-acts.ts";
import { checkKeyPolicy } from "./key-policies.ts";
import { makeMaterial } from "./material.ts";

/** What a key is to be. */
export interface NewKey {
  readonly kind: KeyKind;
  readonly description: string;
  readonly tags: readonly KeyTag[];
  /** The one that lets its account use it, unless it is said. */
  readonly policy?: string | undefined;
  /** Also with a policy that does not let the caller change it again. */
  readonly mayLockOut?: boolean;
}

/** Makes a key of the caller's own (CreateKey). A key pair may take a while: nothing waits for it but this call. */
export async function createKey(
  request: NewKey,
  caller: Caller,
  { store, ...deps }: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<MasterKey> {
  checkTags(request.tags, 0);
  const id = deps.ids.uuid() as KeyId;
  const key = { ...newKey(caller, id, "CUSTOMER", request.description, deps), ...request.kind, policy: request.policy };
  if (request.policy !== undefined) checkKeyPolicy(key, request.policy, request.mayLockOut ?? false, caller);
  const material = await makeMaterial(deps.root, id, key.version, key.spec);
  return await store.transaction().execute(async (tx) => {
    await insertMasterKey(tx, key, material);
    await putKeyTags(tx, key.id, request.tags);
    await recordIn(tx, keyAct(caller, "CreateKey", { key: arnOf(key) }), deps.clock);
    return key;
  });
}

/** A symmetric key that is about to be stored. */
export function newKey(
  owner: Owner,
  id: KeyId,
  manager: KeyManager,
  description: string,
  { clock, ids }: Keeping,
): MasterKey {
  return {
    id,
    account: owner.account,
    region: owner.region,
    ...SYMMETRIC,
    manager,
    description,
    policy: undefined,
    state: "Enabled",
    version: 1,
    materialId: ids.hex(32),
    createdAt: clock.now(),
    deletionAt: undefined,
    pendingDays: undefined,
    rotation: undefined,
  };
}
