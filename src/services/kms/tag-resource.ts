import { tagKey } from "#custody/key-tags.ts";
import type { KmsOperation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html */
export const TagResource: KmsOperation<"TagResource"> = async ({ KeyId, Tags }, caller, deps) => {
  await tagKey(KeyId, readTags(Tags), caller, deps);
};
