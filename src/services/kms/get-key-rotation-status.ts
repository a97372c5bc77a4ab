import { seeKey } from "#custody/see-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/**
 * Keys are not rotated, and this says so. Each message has a key of its own, so no number of messages asks for it.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
 */
export const GetKeyRotationStatus: KmsOperation<"GetKeyRotationStatus"> = async ({ KeyId }, caller, deps) => ({
  KeyId: arnOf(await seeKey("GetKeyRotationStatus", KeyId, caller, deps)),
  KeyRotationEnabled: false,
});
