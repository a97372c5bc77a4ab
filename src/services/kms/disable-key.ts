import { disableKey } from "#custody/key-state.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html */
export const DisableKey: KmsOperation<"DisableKey"> = async ({ KeyId }, caller, deps) => {
  await disableKey(KeyId, caller, deps);
};
