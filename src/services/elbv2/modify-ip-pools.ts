import { AwsError } from "#aws/service.ts";
import { loadBalancerOf } from "#integrations/elbv2/find.ts";
import type { Elbv2Operation } from "./operation.ts";

/**
 * No load balancer has a pool: to take it away changes nothing.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyIpPools.html
 */
export const ModifyIpPools: Elbv2Operation<"ModifyIpPools"> = async (
  { LoadBalancerArn, IpamPools, RemoveIpamPools = [] },
  caller,
  { store },
) => {
  await loadBalancerOf(store, LoadBalancerArn, caller);
  if (IpamPools?.Ipv4IpamPoolId !== undefined) {
    throw new AwsError(
      "ValidationException",
      "IPAM pools are not available here: load balancers get their addresses from the block that is configured",
    );
  }
  if (RemoveIpamPools.length === 0) throw new AwsError("ValidationException", "An IPAM pool must be specified");
  return { IpamPools: {} };
};
