import { setSubnets } from "#integrations/elbv2/set-network.ts";
import { readSubnets } from "./create-load-balancer.ts";
import type { Elbv2Operation } from "./operation.ts";
import { refuseUnserved, showZones } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html */
export const SetSubnets: Elbv2Operation<"SetSubnets"> = async (input, caller, deps) => {
  const { LoadBalancerArn, IpAddressType = "ipv4", EnablePrefixForIpv6SourceNat } = input;
  refuseUnserved({
    [`IpAddressType '${IpAddressType}'`]: IpAddressType !== "ipv4",
    "EnablePrefixForIpv6SourceNat 'on'": EnablePrefixForIpv6SourceNat === "on",
  });
  const balancer = await setSubnets(LoadBalancerArn, readSubnets(input), caller, deps);
  return { AvailabilityZones: showZones(balancer), IpAddressType };
};
