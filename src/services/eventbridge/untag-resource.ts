import { untagEventResource } from "#events/tags.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UntagResource.html */
export const UntagResource: EventBridgeOperation<"UntagResource"> = async (input, caller, deps) => {
  await untagEventResource(input.ResourceARN, input.TagKeys, caller, deps);
};
