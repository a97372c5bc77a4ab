import { AwsError } from "#aws/service.ts";
import type { GivenAction, OrderedAction } from "#domain/balancers/actions.ts";
import type { Rule } from "#domain/balancers/rule.ts";
import { modifyRule } from "#integrations/elbv2/modify-rule.ts";
import { withActions } from "./actions.ts";
import { readCondition, readTransform } from "./conditions.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showRule } from "./rule.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html */
export const ModifyRule: Elbv2Operation<"ModifyRule"> = async (input, caller, deps) => {
  const { RuleArn, Conditions, Actions, Transforms, ResetTransforms = false } = input;
  if (ResetTransforms && Transforms !== undefined) {
    throw new AwsError("ValidationException", "You can specify Transforms or ResetTransforms, but not both");
  }
  const change = (actions: readonly OrderedAction<GivenAction>[] | undefined): Promise<Rule> =>
    modifyRule(
      {
        ruleArn: RuleArn,
        conditions: Conditions?.map(readCondition),
        actions,
        transforms: ResetTransforms ? [] : Transforms?.map(readTransform),
      },
      caller,
      deps,
    );
  const rule = await (Actions === undefined ? change(undefined) : withActions(Actions, change));
  return { Rules: [showRule(rule)] };
};
