import { findListeners } from "#integrations/elbv2/find-listeners.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages, showListener } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html */
export const DescribeListeners: Elbv2Operation<"DescribeListeners"> = async (input, caller, deps) => {
  const { LoadBalancerArn, ListenerArns = [] } = input;
  const query = { loadBalancerArn: LoadBalancerArn, arns: ListenerArns, ...readPages(input) };
  const { items, nextMarker } = await findListeners(query, caller, deps);
  return { Listeners: items.map(showListener), NextMarker: nextMarker };
};
