import type * as sdk from "@aws-sdk/client-acm";
import { listAcmeTags, type TagDeps } from "#acme/tags.ts";
import type { Operation } from "#aws/service.ts";
import { shownTags } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListTagsForResource.html */
export const ListTagsForResource: Operation<typeof sdk, "ListTagsForResource", TagDeps> = async (
  { ResourceArn },
  caller,
  deps,
) => {
  return { Tags: shownTags(await listAcmeTags(ResourceArn, caller, deps)) };
};
