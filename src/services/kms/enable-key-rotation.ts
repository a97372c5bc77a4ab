import { enableRotation } from "#custody/rotation.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html */
export const EnableKeyRotation: KmsOperation<"EnableKeyRotation"> = async (input, caller, deps) => {
  await enableRotation({ keyId: input.KeyId, days: input.RotationPeriodInDays }, caller, deps);
  return {};
};
