import { AwsError } from "#aws/service.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import { findRules } from "#integrations/elbv2/rules.ts";
import { showDefaultAction } from "./actions.ts";
import type { Elbv2Operation } from "./operation.ts";

/**
 * Every listener has its default rule and no other.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
 */
export const DescribeRules: Elbv2Operation<"DescribeRules"> = async ({ ListenerArn, RuleArns = [] }, caller, deps) => {
  if ((ListenerArn === undefined) === (RuleArns.length === 0)) {
    throw new AwsError("ValidationException", "You must specify either listener rule ARNs or a listener ARN");
  }
  const listeners = await findRules({ listenerArn: ListenerArn, ruleArns: RuleArns }, caller, deps);
  return { Rules: listeners.map(showRule) };
};

function showRule({ ruleArn, defaultAction }: Listener) {
  return {
    RuleArn: ruleArn,
    Priority: "default",
    Conditions: [],
    Actions: [showDefaultAction(defaultAction)],
    IsDefault: true,
  };
}
