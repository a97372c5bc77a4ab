import { vpcMissing } from "#integrations/ec2/find.ts";
import { findVpcs } from "#integrations/ec2/lists.ts";
import { idsOf, listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";
import { shownVpc, VPC_FILTERS } from "./vpc-views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const DescribeVpcs: Ec2Operation<"DescribeVpcs"> = asking(async (input, look) => {
  const ids = idsOf(input.VpcIds);
  const { views, token } = await listed(input, {
    filters: VPC_FILTERS,
    named: { ids, parameter: "vpcIds", kind: "vpc", missing: vpcMissing },
    id: ({ VpcId }) => VpcId,
    list: async (after, limit) =>
      (await findVpcs({ ids, after, limit }, look)).map(({ thing, tags }) => shownVpc(thing, tags)),
  });
  return { Vpcs: views, NextToken: token };
});
