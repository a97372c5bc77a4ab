import { deleteRouteTable } from "#integrations/ec2/route-tables.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DeleteRouteTable: Ec2Operation<"DeleteRouteTable"> = changing(({ RouteTableId }, { tx, owner }) =>
  deleteRouteTable(tx, RouteTableId, owner),
);
