import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { DAY, later } from "#lib/duration.ts";
import { putJob } from "#store/jobs.ts";
import { deleteMasterKey, findMasterKey, setKeyDescription, setKeyState } from "#store/master-keys.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { keyAct } from "./key-acts.ts";

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

/** Makes a key unusable at once, and promises its end in `pendingDays` (7 to 30; 30 when undefined). */
export async function scheduleKeyDeletion(
  request: { readonly keyId: string; readonly pendingDays: number | undefined },
  caller: Caller,
  deps: ChangeDeps,
): Promise<{ readonly key: MasterKey; readonly deletionAt: Date; readonly pendingDays: number }> {
  const { least, most, unasked } = KEY_LIMITS.pendingDays;
  const pendingDays = request.pendingDays ?? unasked;
  if (pendingDays < least || pendingDays > most) {
    throw new Refusal("key-value-invalid", `PendingWindowInDays must be between ${least} and ${most} (inclusive).`);
  }
  return await changeKey("ScheduleKeyDeletion", request.keyId, caller, deps, async (tx, key) => {
    const deletionAt = later(deps.clock.now(), pendingDays * DAY);
    await setKeyState(tx, key.id, {
      from: key.state,
      to: "PendingDeletion",
      deletion: { at: deletionAt, pendingDays },
    });
    await putJob(tx, DESTROY_TASK, key.id, deletionAt.getTime());
    return { key, deletionAt, pendingDays };
  });
}

/** Takes a key back from its end; it is then disabled. */
export async function cancelKeyDeletion(keyId: string, caller: Caller, deps: ChangeDeps): Promise<MasterKey> {
  return await changeKey("CancelKeyDeletion", keyId, caller, deps, async (tx, key) => {
    await setKeyState(tx, key.id, { from: "PendingDeletion", to: "Disabled" });
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
    const key = await findMasterKey(tx, keyId as KeyId);
    if (key?.state !== "PendingDeletion" || !key.deletionAt) return undefined; // cancelled since the job was promised
    if (!(await deleteMasterKey(tx, key.id, clock.now()))) return key.deletionAt;
    const kms = { ...key, arn: KMS, requestId: ids.uuid() };
    await recordIn(tx, keyAct(kms, "DeleteKey", { key: arnOf(key) }), clock);
    return undefined;
  });
}

const KMS = "kms.amazonaws.com";
