import { modifyTargetGroup } from "#integrations/elbv2/target-groups.ts";
import { readHealthCheck } from "./health-check.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showTargetGroup } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html */
export const ModifyTargetGroup: Elbv2Operation<"ModifyTargetGroup"> = async (input, caller, deps) => {
  const group = await modifyTargetGroup(input.TargetGroupArn, readHealthCheck(input), caller, deps);
  return { TargetGroups: [showTargetGroup(group)] };
};
