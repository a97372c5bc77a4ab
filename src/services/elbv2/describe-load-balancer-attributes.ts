import { findBalancerAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showAttributes } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html */
export const DescribeLoadBalancerAttributes: Elbv2Operation<"DescribeLoadBalancerAttributes"> = async (
  { LoadBalancerArn },
  caller,
  deps,
) => ({ Attributes: showAttributes(await findBalancerAttributes(LoadBalancerArn, caller, deps)) });
