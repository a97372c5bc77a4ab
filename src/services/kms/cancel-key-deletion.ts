import { cancelKeyDeletion } from "#custody/key-state.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html */
export const CancelKeyDeletion: KmsOperation<"CancelKeyDeletion"> = async ({ KeyId }, caller, deps) => ({
  KeyId: arnOf(await cancelKeyDeletion(KeyId, caller, deps)),
});
