import type * as sdk from "@aws-sdk/client-ec2";
import type { GroupRule } from "#domain/network/security-group.ts";
import { revoke, revokeById } from "#integrations/ec2/group-rules.ts";
import type { NetworkWork } from "#integrations/ec2/work.ts";
import { ec2Error } from "./errors.ts";
import { shownPermissions } from "./group-views.ts";
import { type GivenRules, readGroupId, readRules } from "./permissions.ts";

interface RevokeInput extends GivenRules {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly SecurityGroupRuleIds?: readonly string[];
}

interface RevokeOutput {
  Return: boolean;
  UnknownIpPermissions?: sdk.IpPermission[];
  RevokedSecurityGroupRules: sdk.RevokedSecurityGroupRule[];
}

/** Takes rules of one direction away, by what they say or by their ids. */
export async function revokeRules(input: RevokeInput, egress: boolean, work: NetworkWork): Promise<RevokeOutput> {
  const { tx, owner } = work;
  const { IpPermissions = [], SecurityGroupRuleIds: ruleIds = [] } = input;
  if (ruleIds.length > 0 && IpPermissions.length > 0) {
    throw ec2Error("InvalidParameterCombination", "Name either ipPermissions or securityGroupRuleIds");
  }
  const groupId = await readGroupId(input, work);
  const { revoked, unknown } =
    ruleIds.length > 0
      ? await revokeById(tx, groupId, { ruleIds, egress }, owner)
      : await revoke(tx, groupId, await readRules(input, egress, work), owner);
  const lost = unknown.map((rule) => ({ ...rule, description: undefined }));
  return {
    Return: true,
    ...(lost.length > 0 ? { UnknownIpPermissions: shownPermissions(lost, owner.account) } : {}),
    RevokedSecurityGroupRules: revoked.map(shownRevoked),
  };
}

function shownRevoked(rule: GroupRule): sdk.RevokedSecurityGroupRule {
  const { id, groupId, egress, protocol, fromPort, toPort, sourceKind, source, description } = rule;
  return {
    SecurityGroupRuleId: id,
    GroupId: groupId,
    IsEgress: egress,
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...(sourceKind === "ipv4" ? { CidrIpv4: source } : {}),
    ...(sourceKind === "ipv6" ? { CidrIpv6: source } : {}),
    ...(sourceKind === "group" ? { ReferencedGroupId: source } : {}),
    ...(description === undefined ? {} : { Description: description }),
  };
}
