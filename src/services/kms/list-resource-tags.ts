import { pageOfTags } from "#custody/lists.ts";
import type { KmsOperation } from "./operation.ts";
import { pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html */
export const ListResourceTags: KmsOperation<"ListResourceTags"> = async (input, caller, deps) => {
  const page = await pageOfTags({ ...pageRequest(input), keyId: input.KeyId }, caller, deps);
  return { Tags: page.items.map(({ key, value }) => ({ TagKey: key, TagValue: value })), ...pageEnd(page) };
};
