import { removeTags } from "#integrations/elbv2/tags.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html */
export const RemoveTags: Elbv2Operation<"RemoveTags"> = async ({ ResourceArns, TagKeys }, caller, deps) => {
  await removeTags(ResourceArns, TagKeys, caller, deps);
  return {};
};
