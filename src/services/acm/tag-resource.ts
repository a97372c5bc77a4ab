import type * as sdk from "@aws-sdk/client-acm";
import { type TagDeps, tagAcmeResource } from "#acme/tags.ts";
import type { Operation } from "#aws/service.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_TagResource.html */
export const TagResource: Operation<typeof sdk, "TagResource", TagDeps> = async (
  { ResourceArn, Tags },
  caller,
  deps,
) => {
  await tagAcmeResource(ResourceArn, readTags(Tags), caller, deps);
};
