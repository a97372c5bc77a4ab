import { findLoadBalancers } from "#integrations/elbv2/find-load-balancers.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages, showLoadBalancer } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html */
export const DescribeLoadBalancers: Elbv2Operation<"DescribeLoadBalancers"> = async (input, caller, deps) => {
  const { LoadBalancerArns = [], Names = [] } = input;
  const query = { arns: LoadBalancerArns, names: Names, ...readPages(input) };
  const { items, nextMarker } = await findLoadBalancers(query, caller, deps);
  return { LoadBalancers: items.map(showLoadBalancer), NextMarker: nextMarker };
};
