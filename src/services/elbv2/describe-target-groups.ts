import { findTargetGroups } from "#integrations/elbv2/find-target-groups.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages, showTargetGroup } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html */
export const DescribeTargetGroups: Elbv2Operation<"DescribeTargetGroups"> = async (input, caller, deps) => {
  const { LoadBalancerArn, TargetGroupArns = [], Names = [] } = input;
  const query = { loadBalancerArn: LoadBalancerArn, arns: TargetGroupArns, names: Names, ...readPages(input) };
  const { items, nextMarker } = await findTargetGroups(query, caller, deps);
  return { TargetGroups: items.map(showTargetGroup), NextMarker: nextMarker };
};
