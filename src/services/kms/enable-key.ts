import { enableKey } from "#custody/key-state.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html */
export const EnableKey: KmsOperation<"EnableKey"> = async ({ KeyId }, caller, deps) => {
  await enableKey(KeyId, caller, deps);
};
