import type { SubnetOptions } from "#domain/network/vpc.ts";
import { changeSubnet } from "#integrations/ec2/subnets.ts";
import { absent, ec2Error } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
export const ModifySubnetAttribute: Ec2Operation<"ModifySubnetAttribute"> = changing(async (input, { tx, owner }) => {
  const { MapCustomerOwnedIpOnLaunch, CustomerOwnedIpv4Pool, EnableLniAtDeviceIndex, DisableLniAtDeviceIndex } = input;
  absent({
    MapCustomerOwnedIpOnLaunch: MapCustomerOwnedIpOnLaunch?.Value,
    CustomerOwnedIpv4Pool,
    EnableLniAtDeviceIndex,
    DisableLniAtDeviceIndex: DisableLniAtDeviceIndex?.Value,
  });
  const changes: { [Key in keyof SubnetOptions]: SubnetOptions[Key] | undefined } = {
    publicAddresses: input.MapPublicIpOnLaunch?.Value,
    ipv6Addresses: input.AssignIpv6AddressOnCreation?.Value,
    dns64: input.EnableDns64?.Value,
    hostnameType: input.PrivateDnsHostnameTypeOnLaunch,
    nameRecords: input.EnableResourceNameDnsARecordOnLaunch?.Value,
    nameRecords6: input.EnableResourceNameDnsAAAARecordOnLaunch?.Value,
  };
  if (changes.ipv6Addresses || changes.dns64 || changes.nameRecords6) {
    throw ec2Error("InvalidParameterValue", `The subnet '${input.SubnetId}' has no IPv6 CIDR block associated with it`);
  }
  const said = Object.entries(changes).filter(([, value]) => value !== undefined);
  const unsaid = MapCustomerOwnedIpOnLaunch !== undefined || DisableLniAtDeviceIndex !== undefined;
  if (said.length !== 1 && !(said.length === 0 && unsaid)) {
    throw ec2Error("InvalidParameterCombination", "Exactly one attribute must be specified in a call");
  }
  await changeSubnet(tx, input.SubnetId, Object.fromEntries(said), owner);
});
