import { gatewayMissing } from "#integrations/ec2/find.ts";
import { findGateways } from "#integrations/ec2/lists.ts";
import { idsOf, listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";
import { GATEWAY_FILTERS, shownGateway } from "./routing-views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export const DescribeInternetGateways: Ec2Operation<"DescribeInternetGateways"> = asking(async (input, look) => {
  const ids = idsOf(input.InternetGatewayIds);
  const { views, token } = await listed(input, {
    filters: GATEWAY_FILTERS,
    named: { ids, parameter: "internetGatewayIds", kind: "internet-gateway", missing: gatewayMissing },
    id: ({ InternetGatewayId }) => InternetGatewayId,
    list: async (after, limit) =>
      (await findGateways({ ids, after, limit }, look)).map(({ thing, tags }) => shownGateway(thing, tags)),
  });
  return { InternetGateways: views, NextToken: token };
});
