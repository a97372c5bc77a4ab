import { tagEventResource } from "#events/tags.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html */
export const TagResource: EventBridgeOperation<"TagResource"> = async (input, caller, deps) => {
  await tagEventResource(input.ResourceARN, readTags(input.Tags), caller, deps);
};
