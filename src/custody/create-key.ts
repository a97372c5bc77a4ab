import { checkImportable } from "#domain/keys/import.ts";
import type { KeyManager, KeyOrigin } from "#domain/keys/key-operations.ts";
import { type KeyKind, SYMMETRIC } from "#domain/keys/key-specs.ts";
import type { KeyTag, MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId, keyIdIn, type WireKeyId } from "#domain/keys/names.ts";
import { checkTags } from "#domain/keys/tags.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { putKeyTags } from "#store/key-tags.ts";
import { insertMasterKey } from "#store/master-keys.ts";
import { insertMultiRegionKey } from "#store/multi-region-keys.ts";
import type { Custody, Keeping } from "./custody.ts";
import { keyAct } from "./key-acts.ts";
import { newKeyPolicy } from "./key-policies.ts";
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
  /** Made here unless it is said that it will be imported. */
  readonly origin?: KeyOrigin;
  /** Whether it may have replicas in other Regions. */
  readonly multiRegion?: boolean;
}

/** Makes a key of the caller's own (CreateKey). A key pair may take a while: nothing waits for it but this call. */
export async function createKey(
  { kind, tags, policy, origin = "AWS_KMS", multiRegion = false, ...request }: NewKey,
  caller: Caller,
  { store, ...deps }: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<MasterKey> {
  checkTags(tags, 0);
  const external = origin === "EXTERNAL";
  if (external) checkImportable(kind.spec);
  const wireId = (multiRegion ? `mrk-${deps.ids.hex(16)}` : deps.ids.uuid()) as WireKeyId;
  const id = keyIdIn(caller.region, wireId);
  const made: MasterKey = { ...newKey(caller, id, "CUSTOMER", request.description, deps), ...kind };
  const bare: MasterKey = external ? { ...made, ...AWAITED } : made;
  const bound =
    policy === undefined ? undefined : await newKeyPolicy(store, bare, policy, request.mayLockOut ?? false, caller);
  const key: MasterKey = { ...bare, policy: bound };
  const material = external ? undefined : await makeMaterial(deps.root, id, key.version, key.spec);
  return await store.transaction().execute(async (tx) => {
    await insertMasterKey(tx, key, material);
    if (multiRegion) await insertMultiRegionKey(tx, caller, wireId);
    await putKeyTags(tx, key.id, tags);
    await recordIn(tx, keyAct(caller, "CreateKey", { key: arnOf(key) }), deps.clock);
    return key;
  });
}

/** What a key is until its material is imported for the first time. */
const AWAITED = { origin: "EXTERNAL", state: "PendingImport", materialId: undefined, present: false } as const;

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
    origin: "AWS_KMS",
    version: 1,
    materialId: ids.hex(32),
    present: true,
    validTo: undefined,
    createdAt: clock.now(),
    deletionAt: undefined,
    pendingDays: undefined,
    rotation: undefined,
  };
}
