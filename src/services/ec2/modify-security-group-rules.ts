import type * as sdk from "@aws-sdk/client-ec2";
import { ruleBlock, rulePorts } from "#domain/network/security-group.ts";
import { modifyRules } from "#integrations/ec2/group-rules.ts";
import { ec2Error, missing } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { refusePrefixLists } from "./permissions.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html */
export const ModifySecurityGroupRules: Ec2Operation<"ModifySecurityGroupRules"> = changing(async (input, work) => {
  const changes = input.SecurityGroupRules.map(({ SecurityGroupRuleId, SecurityGroupRule }) => {
    if (!SecurityGroupRule) throw missing("securityGroupRule");
    return { id: SecurityGroupRuleId, rule: readRule(SecurityGroupRule) };
  });
  await modifyRules(work.tx, input.GroupId, changes, work.owner);
  return { Return: true };
});

type Given = {
  readonly [Key in keyof sdk.SecurityGroupRuleRequest]?: Exclude<sdk.SecurityGroupRuleRequest[Key], undefined>;
};

function readRule(given: Given): Parameters<typeof modifyRules>[2][number]["rule"] {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId, Description } = given;
  refusePrefixLists(PrefixListId === undefined ? [] : [{ PrefixListId }]);
  if ([CidrIpv4, CidrIpv6, ReferencedGroupId].filter((source) => source !== undefined).length !== 1) {
    throw ec2Error(
      "InvalidParameterCombination",
      "Exactly one of cidrIpv4, cidrIpv6 and referencedGroupId must be specified",
    );
  }
  const source =
    CidrIpv4 !== undefined
      ? ruleBlock(CidrIpv4, "ipv4")
      : CidrIpv6 !== undefined
        ? ruleBlock(CidrIpv6, "ipv6")
        : ({ sourceKind: "group", source: ReferencedGroupId ?? "" } as const);
  const ports = rulePorts({ protocol: IpProtocol, fromPort: FromPort, toPort: ToPort });
  return { ...ports, ...source, description: Description };
}
