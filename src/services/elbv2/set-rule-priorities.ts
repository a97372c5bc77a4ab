import { AwsError } from "#aws/service.ts";
import { setRulePriorities } from "#integrations/elbv2/set-rule-priorities.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showRule } from "./rule.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html */
export const SetRulePriorities: Elbv2Operation<"SetRulePriorities"> = async ({ RulePriorities }, caller, deps) => {
  const wanted = RulePriorities.map(({ RuleArn, Priority }) => {
    if (RuleArn === undefined || Priority === undefined) {
      throw new AwsError("ValidationException", "A rule ARN and a priority must be specified");
    }
    return { ruleArn: RuleArn, priority: Priority };
  });
  return { Rules: (await setRulePriorities(wanted, caller, deps)).map(showRule) };
};
