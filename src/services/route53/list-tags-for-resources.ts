import { listZoneTags } from "#dns/zone-tags.ts";
import type { Route53Operation } from "./operation.ts";
import { readTagged, shownTags } from "./tags.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResources.html */
export const ListTagsForResources: Route53Operation<"ListTagsForResources"> = async (input, { account }, deps) => {
  const ids = [...new Set(input.ResourceIds.map((id) => readTagged(input.ResourceType, id)))];
  const tags = await listZoneTags(account, ids, deps);
  return { ResourceTagSets: ids.map((id) => shownTags(id, tags.get(id))) };
};
