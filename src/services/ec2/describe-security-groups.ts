import { groupMissing } from "#integrations/ec2/find.ts";
import { defaultVpc, findGroups } from "#integrations/ec2/lists.ts";
import { exactly, idsOf, listed } from "./describe.ts";
import { ec2Error } from "./errors.ts";
import { GROUP_FILTERS, shownGroup } from "./group-views.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const DescribeSecurityGroups: Ec2Operation<"DescribeSecurityGroups"> = asking(async (input, look) => {
  const ids = idsOf(input.GroupIds);
  const named = idsOf(input.GroupNames);
  // Names alone are those of groups in the default VPC.
  const vpc = named && (await defaultVpc(look));
  const vpcIds = named ? [vpc?.id ?? "none"] : exactly(input, "vpc-id");
  const { views, token } = await listed(input, {
    filters: GROUP_FILTERS,
    named: { ids, parameter: "groupIds", kind: "security-group", missing: groupMissing },
    id: ({ GroupId }) => GroupId,
    list: async (after, limit) => {
      const narrowed = { vpcIds, names: named ?? exactly(input, "group-name") };
      const page = ids ? { ids, after, limit } : { ...narrowed, ids: exactly(input, "group-id"), after, limit };
      return (await findGroups(page, look)).map(({ thing, rules, tags }) => shownGroup(thing, rules, tags));
    },
  });
  const lost = named?.find((name) => !views.some(({ GroupName }) => GroupName === name));
  if (lost !== undefined && (input.Filters ?? []).length === 0) {
    throw ec2Error("InvalidGroup.NotFound", `The security group '${lost.slice(0, 255)}' does not exist`);
  }
  return { SecurityGroups: views, NextToken: token };
});
