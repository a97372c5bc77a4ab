import { setSecurityGroups } from "#integrations/elbv2/set-network.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html */
export const SetSecurityGroups: Elbv2Operation<"SetSecurityGroups"> = async (input, caller, deps) => {
  const { securityGroups } = await setSecurityGroups(input.LoadBalancerArn, input.SecurityGroups, caller, deps);
  return { SecurityGroupIds: [...securityGroups] };
};
