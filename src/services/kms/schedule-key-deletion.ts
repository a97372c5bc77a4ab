import { scheduleKeyDeletion } from "#custody/key-state.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html */
export const ScheduleKeyDeletion: KmsOperation<"ScheduleKeyDeletion"> = async (
  { KeyId, PendingWindowInDays },
  caller,
  deps,
) => {
  const request = { keyId: KeyId, pendingDays: PendingWindowInDays };
  const { key, deletionAt, pendingDays } = await scheduleKeyDeletion(request, caller, deps);
  return {
    KeyId: arnOf(key),
    ...(deletionAt
      ? { DeletionDate: deletionAt, KeyState: "PendingDeletion" }
      : { KeyState: "PendingReplicaDeletion" }),
    PendingWindowInDays: pendingDays,
  };
};
