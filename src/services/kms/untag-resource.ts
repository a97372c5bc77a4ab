import { untagKey } from "#custody/key-tags.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html */
export const UntagResource: KmsOperation<"UntagResource"> = async ({ KeyId, TagKeys }, caller, deps) => {
  await untagKey(KeyId, TagKeys, caller, deps);
};
