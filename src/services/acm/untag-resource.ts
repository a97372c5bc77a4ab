import type * as sdk from "@aws-sdk/client-acm";
import { type TagDeps, untagAcmeResource } from "#acme/tags.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_UntagResource.html */
export const UntagResource: Operation<typeof sdk, "UntagResource", TagDeps> = async (
  { ResourceArn, TagKeys },
  caller,
  deps,
) => {
  await untagAcmeResource(ResourceArn, TagKeys, caller, deps);
};
