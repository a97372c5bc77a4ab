import { listZoneTags } from "#dns/zone-tags.ts";
import type { Route53Operation } from "./operation.ts";
import { readTagged, shownTags } from "./tags.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResource.html */
export const ListTagsForResource: Route53Operation<"ListTagsForResource"> = async (input, { account }, deps) => {
  const id = readTagged(input.ResourceType, input.ResourceId);
  const tags = await listZoneTags(account, [id], deps);
  return { ResourceTagSet: shownTags(id, tags.get(id)) };
};
