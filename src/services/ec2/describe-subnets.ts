import { subnetMissing } from "#integrations/ec2/find.ts";
import { findSubnets } from "#integrations/ec2/lists.ts";
import { exactly, idsOf, listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";
import { SUBNET_FILTERS, shownSubnet } from "./vpc-views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const DescribeSubnets: Ec2Operation<"DescribeSubnets"> = asking(async (input, look) => {
  const ids = idsOf(input.SubnetIds);
  const vpcIds = exactly(input, "vpc-id");
  const { views, token } = await listed(input, {
    filters: SUBNET_FILTERS,
    named: { ids, parameter: "subnetIds", kind: "subnet", missing: subnetMissing },
    id: ({ SubnetId }) => SubnetId,
    list: async (after, limit) => {
      // What is named must be there, whatever the filters say.
      const page = { ids: ids ?? exactly(input, "subnet-id"), vpcIds: ids ? undefined : vpcIds, after, limit };
      return (await findSubnets(page, look)).map(({ thing, tags, used }) => shownSubnet(thing, tags, used));
    },
  });
  return { Subnets: views, NextToken: token };
});
