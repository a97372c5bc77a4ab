import { disassociateRouteTable } from "#integrations/ec2/route-tables.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DisassociateRouteTable: Ec2Operation<"DisassociateRouteTable"> = changing(
  ({ AssociationId }, { tx, owner }) => disassociateRouteTable(tx, AssociationId, owner),
);
