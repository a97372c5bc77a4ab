import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, isMultiRegion, type KeyId, keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { DAY, later } from "#lib/duration.ts";
import { isIncomplete } from "#store/imported-materials.ts";
import { putJob } from "#store/jobs.ts";
import { deleteMasterKey, findMasterKey, setKeyDescription, setKeyState } from "#store/master-keys.ts";
import { deleteMultiRegionKey, listRelatedRegions } from "#store/multi-region-keys.ts";
import type { Tx } from "#store/store.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { keyAct } from "./key-acts.ts";
import { holdKey, relatedRegions } from "./related-keys.ts";

/** The task of the job that destroys a key; its subject is the key's id. */
export const DESTROY_TASK = "key.destroy";

export async function enableKey(keyId: string, caller: Caller, deps: ChangeDeps): Promise<void> {
  await changeKey("EnableKey", keyId, caller, deps, async (tx, key) => {
    if (key.state !== "Enabled") await setKeyState(tx, key.id, { from: key.state, to: "Enabled" });
  });
}

export async function disableKey(keyId: string, caller: Caller, deps: ChangeDeps): Promise<void> {
  await changeKey("DisableKey", keyId, caller, deps, async (tx, key) => {
    if (key.state !== "Disabled") await setKeyState(tx, key.id, { from: key.state, to: "Disabled" });
  });
}

export async function updateKeyDescription(
  keyId: string,
  description: string,
  caller: Caller,
  deps: ChangeDeps,
): Promise<void> {
  await changeKey("UpdateKeyDescription", keyId, caller, deps, (tx, key) => setKeyDescription(tx, key.id, description));
}

/** A key and its end. `deletionAt` is undefined for a primary key that waits for its replicas to go. */
export interface ScheduledDeletion {
  readonly key: MasterKey;
  readonly deletionAt: Date | undefined;
  readonly pendingDays: number;
}

/**
 * Makes a key unusable at once, and promises its end in `pendingDays` (7 to 30; 30 when undefined): those of a primary key
 * with replicas begin when the last of them is gone.
 */
export async function scheduleKeyDeletion(
  request: { readonly keyId: string; readonly pendingDays: number | undefined },
  caller: Caller,
  deps: ChangeDeps,
): Promise<ScheduledDeletion> {
  const { least, most, unasked } = KEY_LIMITS.pendingDays;
  const pendingDays = request.pendingDays ?? unasked;
  if (pendingDays < least || pendingDays > most) {
    throw new Refusal("key-value-invalid", `PendingWindowInDays must be between ${least} and ${most} (inclusive).`);
  }
  const schedule = async (tx: Tx, key: MasterKey): Promise<ScheduledDeletion> => {
    const related = await relatedRegions(tx, key);
    if (related?.primary === key.region && related.replicas.length > 0) {
      const deletion = { at: undefined, pendingDays };
      await setKeyState(tx, key.id, { from: key.state, to: "PendingReplicaDeletion", deletion });
      return { key, deletionAt: undefined, pendingDays };
    }
    return { key, deletionAt: await promiseEnd(tx, key, pendingDays, deps), pendingDays };
  };
  const facts = factsOf({ "kms:ScheduleKeyDeletionPendingWindowInDays": String(pendingDays) });
  return await changeKey("ScheduleKeyDeletion", request.keyId, caller, deps, schedule, facts);
}

async function promiseEnd(
  tx: Tx,
  key: MasterKey,
  pendingDays: number,
  { clock }: Pick<Custody, "clock">,
): Promise<Date> {
  const at = later(clock.now(), pendingDays * DAY);
  await setKeyState(tx, key.id, { from: key.state, to: "PendingDeletion", deletion: { at, pendingDays } });
  await putJob(tx, DESTROY_TASK, key.id, at.getTime());
  return at;
}

/** Takes a key back from its end; it is then disabled or, where imported material is gone, waits for that. */
export async function cancelKeyDeletion(keyId: string, caller: Caller, deps: ChangeDeps): Promise<MasterKey> {
  return await changeKey("CancelKeyDeletion", keyId, caller, deps, async (tx, key) => {
    const waits = key.materialId === undefined || (await isIncomplete(tx, key.id, key.version));
    await setKeyState(tx, key.id, { from: key.state, to: waits ? "PendingImport" : "Disabled" });
    return key;
  });
}

/**
 * The task "key.destroy": removes a key whose time has come, with its material, names, tags and grants. Answers when to
 * look again; undefined when there is nothing left to do.
 */
export async function destroyKey(
  keyId: string,
  { store, clock, ids }: Pick<Custody, "store" | "clock" | "ids">,
): Promise<Date | undefined> {
  return await store.transaction().execute(async (tx) => {
    await holdKey(tx, keyId as KeyId);
    const key = await findMasterKey(tx, keyId as KeyId);
    if (key?.state !== "PendingDeletion" || !key.deletionAt) return undefined; // cancelled since the job was promised
    if (!(await deleteMasterKey(tx, key.id, clock.now()))) return key.deletionAt;
    const kms = { ...key, arn: KMS, requestId: ids.uuid() };
    await recordIn(tx, keyAct(kms, "DeleteKey", { key: arnOf(key) }), clock);
    if (isMultiRegion(key.id)) await endSet(tx, key, { clock });
    return undefined;
  });
}

/** The last replica's end begins the waiting period of its primary key, if that was to go; the last key's ends the set. */
async function endSet(tx: Tx, gone: MasterKey, deps: Pick<Custody, "clock">): Promise<void> {
  const id = wireKeyId(gone.id);
  const [only, ...more] = await listRelatedRegions(tx, id);
  if (only === undefined) return await deleteMultiRegionKey(tx, id);
  if (more.length > 0) return;
  const last = await findMasterKey(tx, keyIdIn(only, id));
  if (last?.state !== "PendingReplicaDeletion" || last.pendingDays === undefined) return;
  await promiseEnd(tx, last, last.pendingDays, deps);
}

const KMS = "kms.amazonaws.com";
