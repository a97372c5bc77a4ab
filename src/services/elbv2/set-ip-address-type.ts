import { AwsError } from "#aws/service.ts";
import { loadBalancerOf } from "#integrations/elbv2/find.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html */
export const SetIpAddressType: Elbv2Operation<"SetIpAddressType"> = async (
  { LoadBalancerArn, IpAddressType },
  caller,
  { store },
) => {
  await loadBalancerOf(store, LoadBalancerArn, caller);
  if (IpAddressType !== "ipv4") {
    throw new AwsError(
      "InvalidConfigurationRequestException",
      `The IP address type '${IpAddressType}' is not available here: a load balancer has one address, and that is IPv4`,
    );
  }
  return { IpAddressType };
};
