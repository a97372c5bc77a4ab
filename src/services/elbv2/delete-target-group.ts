import { deleteTargetGroup } from "#integrations/elbv2/target-groups.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html */
export const DeleteTargetGroup: Elbv2Operation<"DeleteTargetGroup"> = async ({ TargetGroupArn }, caller, deps) => {
  await deleteTargetGroup(TargetGroupArn, caller, deps);
  return {};
};
