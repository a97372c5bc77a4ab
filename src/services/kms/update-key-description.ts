import { updateKeyDescription } from "#custody/key-state.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html */
export const UpdateKeyDescription: KmsOperation<"UpdateKeyDescription"> = async (
  { KeyId, Description },
  caller,
  deps,
) => {
  await updateKeyDescription(KeyId, Description, caller, deps);
};
