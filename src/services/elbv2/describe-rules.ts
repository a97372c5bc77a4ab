import { AwsError } from "#aws/service.ts";
import { findRules } from "#integrations/elbv2/rules.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showRule } from "./rule.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html */
export const DescribeRules: Elbv2Operation<"DescribeRules"> = async (input, caller, deps) => {
  const { ListenerArn, RuleArns = [] } = input;
  if ((ListenerArn === undefined) === (RuleArns.length === 0)) {
    throw new AwsError("ValidationException", "You must specify either listener rule ARNs or a listener ARN");
  }
  const query = { listenerArn: ListenerArn, arns: RuleArns, ...readPages(input) };
  const { items, nextMarker } = await findRules(query, caller, deps);
  return { Rules: items.map(showRule), NextMarker: nextMarker };
};
