import type * as sdk from "@aws-sdk/client-ec2";
import type { GroupRule, RuleMatch, SecurityGroup } from "#domain/network/security-group.ts";
import type { NetworkTag } from "#domain/network/tags.ts";
import type { FilterTable } from "./describe.ts";
import { ec2Arn, shownTags } from "./wire.ts";

export type GroupView = sdk.SecurityGroup & { readonly GroupId: string };
export type GroupRuleView = sdk.SecurityGroupRule & { readonly SecurityGroupRuleId: string };

/** What of a rule stands in a permission. */
export type PermissionRule = RuleMatch & { readonly description: string | undefined };

export function shownGroup(
  group: SecurityGroup,
  rules: readonly GroupRule[],
  tags: readonly NetworkTag[] | undefined,
): GroupView {
  const permissions = (egress: boolean): sdk.IpPermission[] =>
    shownPermissions(
      rules.filter((rule) => rule.egress === egress),
      group.account,
    );
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: group.account,
    VpcId: group.vpcId,
    SecurityGroupArn: ec2Arn(group, "security-group", group.id),
    IpPermissions: permissions(false),
    IpPermissionsEgress: permissions(true),
    Tags: shownTags(tags),
  };
}

/** Rules as permissions: those of the same protocol and ports together. */
export function shownPermissions(rules: readonly PermissionRule[], account: string): sdk.IpPermission[] {
  const byPorts = Map.groupBy(rules, ({ protocol, fromPort, toPort }) => `${protocol} ${fromPort} ${toPort}`);
  return [...byPorts.values()].map((together) => {
    const described = ({ description }: PermissionRule): { readonly Description?: string } =>
      description === undefined ? {} : { Description: description };
    const of = (kind: RuleMatch["sourceKind"]): readonly PermissionRule[] =>
      together.filter(({ sourceKind }) => sourceKind === kind);
    return {
      ...shownPorts(together[0]),
      IpRanges: of("ipv4").map((rule) => ({ CidrIp: rule.source, ...described(rule) })),
      Ipv6Ranges: of("ipv6").map((rule) => ({ CidrIpv6: rule.source, ...described(rule) })),
      UserIdGroupPairs: of("group").map((rule) => ({ GroupId: rule.source, UserId: account, ...described(rule) })),
      PrefixListIds: [],
    };
  });
}

export function shownRule(rule: GroupRule, tags: readonly NetworkTag[] | undefined): GroupRuleView {
  const { id, account, groupId, egress, protocol, fromPort, toPort, sourceKind, source, description } = rule;
  return {
    SecurityGroupRuleId: id,
    SecurityGroupRuleArn: ec2Arn(rule, "security-group-rule", id),
    GroupId: groupId,
    GroupOwnerId: account,
    IsEgress: egress,
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...(sourceKind === "ipv4" ? { CidrIpv4: source } : {}),
    ...(sourceKind === "ipv6" ? { CidrIpv6: source } : {}),
    ...(sourceKind === "group" ? { ReferencedGroupInfo: { GroupId: source, UserId: account } } : {}),
    ...(description === undefined ? {} : { Description: description }),
    Tags: shownTags(tags),
  };
}

function shownPorts(rule: RuleMatch | undefined): Pick<sdk.IpPermission, "IpProtocol" | "FromPort" | "ToPort"> {
  if (!rule) return {};
  const { protocol, fromPort, toPort } = rule;
  const hasPorts = ["tcp", "udp", "icmp", "icmpv6"].includes(protocol);
  return { IpProtocol: protocol, ...(hasPorts ? { FromPort: fromPort, ToPort: toPort } : {}) };
}

const permissionFilters = (
  prefix: string,
  of: (group: GroupView) => readonly sdk.IpPermission[] | undefined,
): FilterTable<GroupView> => {
  const each =
    <Value>(pick: (permission: sdk.IpPermission) => readonly Value[]) =>
    (group: GroupView): readonly Value[] =>
      (of(group) ?? []).flatMap(pick);
  const groups = each(({ UserIdGroupPairs = [] }) => UserIdGroupPairs);
  return {
    [`${prefix}.cidr`]: each(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)),
    [`${prefix}.from-port`]: each(({ FromPort }) => [FromPort]),
    [`${prefix}.group-id`]: (group) => groups(group).map(({ GroupId }) => GroupId),
    [`${prefix}.group-name`]: () => [],
    [`${prefix}.ipv6-cidr`]: each(({ Ipv6Ranges = [] }) => Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)),
    [`${prefix}.prefix-list-id`]: () => [],
    [`${prefix}.protocol`]: each(({ IpProtocol }) => [IpProtocol]),
    [`${prefix}.to-port`]: each(({ ToPort }) => [ToPort]),
    [`${prefix}.user-id`]: (group) => groups(group).map(({ UserId }) => UserId),
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const GROUP_FILTERS: FilterTable<GroupView> = {
  description: ({ Description }) => [Description],
  ...permissionFilters("ip-permission", ({ IpPermissions }) => IpPermissions),
  ...permissionFilters("egress.ip-permission", ({ IpPermissionsEgress }) => IpPermissionsEgress),
  "group-id": ({ GroupId }) => [GroupId],
  "group-name": ({ GroupName }) => [GroupName],
  "owner-id": ({ OwnerId }) => [OwnerId],
  "vpc-id": ({ VpcId }) => [VpcId],
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export const GROUP_RULE_FILTERS: FilterTable<GroupRuleView> = {
  "group-id": ({ GroupId }) => [GroupId],
  "security-group-rule-id": ({ SecurityGroupRuleId }) => [SecurityGroupRuleId],
};
