import { hostMissing } from "#integrations/ec2/hosts.ts";
import { findHosts } from "#integrations/ec2/lists.ts";
import { idsOf, listed } from "./describe.ts";
import { STATUS_FILTERS, shownStatus } from "./instance-views.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html */
export const DescribeInstanceStatus: Ec2Operation<"DescribeInstanceStatus"> = asking(async (input, look) => {
  const ids = idsOf(input.InstanceIds);
  const { views, token } = await listed(input, {
    filters: STATUS_FILTERS,
    named: { ids, parameter: "instanceIds", kind: "instance", missing: hostMissing },
    id: ({ InstanceId }) => InstanceId,
    list: async (after, limit) => (await findHosts({ ids, after, limit }, look)).map(shownStatus),
  });
  return { InstanceStatuses: views, NextToken: token };
});
