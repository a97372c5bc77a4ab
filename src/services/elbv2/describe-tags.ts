import { findTags } from "#integrations/elbv2/tags.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showTags } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
export const DescribeTags: Elbv2Operation<"DescribeTags"> = async ({ ResourceArns }, caller, deps) => {
  const found = await findTags(ResourceArns, caller, deps);
  return { TagDescriptions: found.map(({ arn, tags }) => ({ ResourceArn: arn, Tags: showTags(tags) })) };
};
