import { describeRules } from "#integrations/ec2/group-rules.ts";
import type { NetworkWork } from "#integrations/ec2/work.ts";
import { ec2Error, missing } from "./errors.ts";
import { type GivenPermission, readGroupId, readRules } from "./permissions.ts";

interface DescriptionsInput {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly IpPermissions?: readonly GivenPermission[];
  readonly SecurityGroupRuleDescriptions?: readonly {
    readonly SecurityGroupRuleId?: string;
    readonly Description?: string;
  }[];
}

/** Sets what rules of one direction are described as. */
export async function updateDescriptions(
  input: DescriptionsInput,
  egress: boolean,
  work: NetworkWork,
): Promise<{ Return: boolean }> {
  const { IpPermissions = [], SecurityGroupRuleDescriptions = [] } = input;
  if (IpPermissions.length > 0 && SecurityGroupRuleDescriptions.length > 0) {
    throw ec2Error("InvalidParameterCombination", "Name either ipPermissions or securityGroupRuleDescriptions");
  }
  const groupId = await readGroupId(input, work);
  const descriptions =
    SecurityGroupRuleDescriptions.length > 0
      ? SecurityGroupRuleDescriptions.map(({ SecurityGroupRuleId, Description }) => {
          if (SecurityGroupRuleId === undefined) throw missing("securityGroupRuleId");
          return { id: SecurityGroupRuleId, description: Description };
        })
      : (await readRules({ IpPermissions }, egress, work)).map((rule) => ({ rule, description: rule.description }));
  await describeRules(work.tx, groupId, descriptions, work.owner);
  return { Return: true };
}
