import { disableRotation } from "#custody/rotation.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html */
export const DisableKeyRotation: KmsOperation<"DisableKeyRotation"> = async ({ KeyId }, caller, deps) => {
  await disableRotation(KeyId, caller, deps);
  return {};
};
