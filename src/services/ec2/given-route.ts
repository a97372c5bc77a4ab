import type { GivenRoute } from "#integrations/ec2/route-tables.ts";
import { absent, ec2Error } from "./errors.ts";

interface RouteInput {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly DestinationPrefixListId?: string;
  readonly GatewayId?: string;
  readonly NetworkInterfaceId?: string;
  readonly NatGatewayId?: string;
  readonly TransitGatewayId?: string;
  readonly LocalGatewayId?: string;
  readonly CarrierGatewayId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly VpcEndpointId?: string;
  readonly EgressOnlyInternetGatewayId?: string;
  readonly CoreNetworkArn?: string;
  readonly InstanceId?: string;
  readonly LocalTarget?: boolean;
}

/** A route with the destinations and targets that there are. Throws InvalidParameterValue for the others. */
export function readRoute(input: RouteInput): GivenRoute {
  const { RouteTableId, DestinationCidrBlock, DestinationIpv6CidrBlock, GatewayId, NetworkInterfaceId, ...others } =
    input;
  absent({
    destinationPrefixListId: others.DestinationPrefixListId,
    natGatewayId: others.NatGatewayId,
    transitGatewayId: others.TransitGatewayId,
    localGatewayId: others.LocalGatewayId,
    carrierGatewayId: others.CarrierGatewayId,
    vpcPeeringConnectionId: others.VpcPeeringConnectionId,
    vpcEndpointId: others.VpcEndpointId,
    egressOnlyInternetGatewayId: others.EgressOnlyInternetGatewayId,
    coreNetworkArn: others.CoreNetworkArn,
    instanceId: others.InstanceId,
    localTarget: others.LocalTarget,
  });
  return {
    routeTableId: RouteTableId,
    destination: readDestination({ DestinationCidrBlock, DestinationIpv6CidrBlock }),
    gatewayId: GatewayId,
    networkInterfaceId: NetworkInterfaceId,
  };
}

/** The one destination that a request names. Throws InvalidParameterCombination for two. */
export function readDestination({
  DestinationCidrBlock,
  DestinationIpv6CidrBlock,
}: {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
}): string | undefined {
  if (DestinationCidrBlock !== undefined && DestinationIpv6CidrBlock !== undefined) {
    throw ec2Error("InvalidParameterCombination", "A route has one destination");
  }
  return DestinationCidrBlock ?? DestinationIpv6CidrBlock;
}
