import { routeTableMissing } from "#integrations/ec2/find.ts";
import { findRouteTables } from "#integrations/ec2/lists.ts";
import { exactly, idsOf, listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";
import { ROUTE_TABLE_FILTERS, shownRouteTable } from "./routing-views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export const DescribeRouteTables: Ec2Operation<"DescribeRouteTables"> = asking(async (input, look) => {
  const ids = idsOf(input.RouteTableIds);
  const vpcIds = ids ? undefined : exactly(input, "vpc-id");
  const { views, token } = await listed(input, {
    filters: ROUTE_TABLE_FILTERS,
    named: { ids, parameter: "routeTableIds", kind: "route-table", missing: routeTableMissing },
    id: ({ RouteTableId }) => RouteTableId,
    list: async (after, limit) => (await findRouteTables({ ids, vpcIds, after, limit }, look)).map(shownRouteTable),
  });
  return { RouteTables: views, NextToken: token };
});
