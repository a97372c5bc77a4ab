import { deleteRule } from "#integrations/elbv2/delete-rule.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html */
export const DeleteRule: Elbv2Operation<"DeleteRule"> = async ({ RuleArn }, caller, deps) => {
  await deleteRule(RuleArn, caller, deps);
  return {};
};
