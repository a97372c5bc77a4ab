import { replaceAssociation } from "#integrations/ec2/route-tables.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html */
export const ReplaceRouteTableAssociation: Ec2Operation<"ReplaceRouteTableAssociation"> = changing(
  async ({ AssociationId, RouteTableId }, { tx, owner, ids }) => {
    const wanted = { associationId: AssociationId, routeTableId: RouteTableId };
    return {
      NewAssociationId: await replaceAssociation(tx, wanted, owner, { ids }),
      AssociationState: { State: "associated" },
    };
  },
);
