import { tagsOfEventResource } from "#events/tags.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTagsForResource.html */
export const ListTagsForResource: EventBridgeOperation<"ListTagsForResource"> = async (input, caller, deps) => {
  const tags = await tagsOfEventResource(input.ResourceARN, caller, deps);
  return { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
};
