import { addTags } from "#integrations/elbv2/tags.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html */
export const AddTags: Elbv2Operation<"AddTags"> = async ({ ResourceArns, Tags }, caller, deps) => {
  await addTags(ResourceArns, readTags(Tags), caller, deps);
  return {};
};
