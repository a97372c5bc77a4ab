import { changeBalancerAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAttributes, showAttributes } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html */
export const ModifyLoadBalancerAttributes: Elbv2Operation<"ModifyLoadBalancerAttributes"> = async (
  { LoadBalancerArn, Attributes },
  caller,
  deps,
) => {
  const changed = await changeBalancerAttributes(LoadBalancerArn, readAttributes(Attributes), caller, deps);
  return { Attributes: showAttributes(changed) };
};
