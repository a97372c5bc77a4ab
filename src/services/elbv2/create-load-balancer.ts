import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import { createLoadBalancer, type NewLoadBalancer } from "#integrations/elbv2/create-load-balancer.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTags, refuseUnserved, showLoadBalancer } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export const CreateLoadBalancer: Elbv2Operation<"CreateLoadBalancer"> = async (input, caller, deps) => {
  const balancer = await createLoadBalancer(readRequest(input), caller, deps);
  return { LoadBalancers: [showLoadBalancer(balancer)] };
};

type Input = InputOf<typeof sdk, "CreateLoadBalancer">;

function readRequest(input: Input): NewLoadBalancer {
  const { Type = "application", Scheme = "internet-facing", IpAddressType = "ipv4", IpamPools } = input;
  if (Type === "gateway") {
    throw new AwsError(
      "InvalidConfigurationRequestException",
      "Gateway Load Balancers are not available here: there is no network to put them into",
    );
  }
  refuseUnserved({
    [`IpAddressType '${IpAddressType}'`]: IpAddressType !== "ipv4",
    CustomerOwnedIpv4Pool: input.CustomerOwnedIpv4Pool !== undefined,
    "EnablePrefixForIpv6SourceNat 'on'": input.EnablePrefixForIpv6SourceNat === "on",
    IpamPools: IpamPools?.Ipv4IpamPoolId !== undefined,
  });
  return {
    name: input.Name,
    type: Type,
    scheme: Scheme,
    subnets: readSubnets(input),
    securityGroups: input.SecurityGroups ?? [],
    tags: readTags(input.Tags),
  };
}

/** The subnets of `Subnets` or of `SubnetMappings`. */
export function readSubnets({ Subnets, SubnetMappings }: Pick<Input, "Subnets" | "SubnetMappings">): readonly string[] {
  if (Subnets !== undefined && SubnetMappings !== undefined) {
    throw new AwsError("ValidationException", "You must specify either subnets or subnet mappings, not both");
  }
  const mappings = SubnetMappings ?? [];
  refuseUnserved({
    AllocationId: mappings.some(({ AllocationId }) => AllocationId !== undefined),
    PrivateIPv4Address: mappings.some(({ PrivateIPv4Address }) => PrivateIPv4Address !== undefined),
    IPv6Address: mappings.some(({ IPv6Address }) => IPv6Address !== undefined),
  });
  return Subnets ?? mappings.map(({ SubnetId = "" }) => SubnetId);
}
