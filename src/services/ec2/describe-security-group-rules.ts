import { ruleMissing } from "#integrations/ec2/group-rules.ts";
import { findGroupRules } from "#integrations/ec2/lists.ts";
import { exactly, idsOf, listed } from "./describe.ts";
import { GROUP_RULE_FILTERS, shownRule } from "./group-views.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export const DescribeSecurityGroupRules: Ec2Operation<"DescribeSecurityGroupRules"> = asking(async (input, look) => {
  const ids = idsOf(input.SecurityGroupRuleIds);
  const groupIds = ids ? undefined : exactly(input, "group-id");
  const { views, token } = await listed(input, {
    filters: GROUP_RULE_FILTERS,
    named: { ids, parameter: "securityGroupRuleIds", kind: "security-group-rule", missing: ruleMissing },
    id: ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
    list: async (after, limit) =>
      (await findGroupRules({ ids, groupIds, after, limit }, look)).map(({ thing, tags }) => shownRule(thing, tags)),
  });
  return { SecurityGroupRules: views, NextToken: token };
});
