import { associateRouteTable } from "#integrations/ec2/route-tables.ts";
import { absent, missing } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export const AssociateRouteTable: Ec2Operation<"AssociateRouteTable"> = changing(async (input, { tx, owner, ids }) => {
  absent({ gatewayId: input.GatewayId, publicIpv4Pool: input.PublicIpv4Pool });
  if (input.SubnetId === undefined) throw missing("subnetId");
  const wanted = { routeTableId: input.RouteTableId, subnetId: input.SubnetId };
  const id = await associateRouteTable(tx, wanted, owner, { ids });
  return { AssociationId: id, AssociationState: { State: "associated" } };
});
