import { deleteLoadBalancer } from "#integrations/elbv2/delete-load-balancer.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html */
export const DeleteLoadBalancer: Elbv2Operation<"DeleteLoadBalancer"> = async ({ LoadBalancerArn }, caller, deps) => {
  await deleteLoadBalancer(LoadBalancerArn, caller, deps);
  return {};
};
