import type { Owner } from "#domain/names.ts";
import type { GivenPorts, NewGroupRule } from "#domain/network/security-group.ts";
import { ruleBlock, rulePorts } from "#domain/network/security-group.ts";
import { Refusal } from "#domain/refusal.ts";
import { groupOfName } from "#integrations/ec2/security-groups.ts";
import type { NetworkWork } from "#integrations/ec2/work.ts";
import { absent, ec2Error, missing } from "./errors.ts";

/** A permission as requests have it. */
export interface GivenPermission {
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: readonly { readonly CidrIp?: string; readonly Description?: string }[];
  readonly Ipv6Ranges?: readonly { readonly CidrIpv6?: string; readonly Description?: string }[];
  readonly UserIdGroupPairs?: readonly GivenPair[];
  readonly PrefixListIds?: readonly { readonly PrefixListId?: string }[];
}

interface GivenPair {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly UserId?: string;
  readonly VpcId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly Description?: string;
}

/** A request that changes the rules of a group. */
export interface GivenRules {
  readonly IpPermissions?: readonly GivenPermission[];
  /** The old way to say one permission. */
  readonly CidrIp?: string;
  readonly IpProtocol?: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly SourceSecurityGroupName?: string;
  readonly SourceSecurityGroupOwnerId?: string;
}

/** The rules that a request names, each with one source. Throws MissingParameter without any, and as `rulePorts`. */
export async function readRules(
  input: GivenRules,
  egress: boolean,
  work: NetworkWork,
): Promise<readonly NewGroupRule[]> {
  const { SourceSecurityGroupName, SourceSecurityGroupOwnerId } = input;
  if (SourceSecurityGroupName !== undefined || SourceSecurityGroupOwnerId !== undefined) {
    throw ec2Error("InvalidParameterCombination", "Name a source security group in ipPermissions: it is in a VPC");
  }
  const permissions = input.IpPermissions ?? [];
  const old = singlePermission(input);
  if (permissions.length > 0 && old) {
    throw ec2Error("InvalidParameterCombination", "ipPermissions cannot be used with the parameters of one rule");
  }
  const all = old ? [old] : permissions;
  if (all.length === 0) throw missing("ipPermissions");
  const rules: NewGroupRule[] = [];
  for (const permission of all) rules.push(...(await readPermission(permission, egress, work)));
  if (rules.length > MOST_RULES) {
    throw ec2Error("InvalidParameterValue", `A request can name up to ${MOST_RULES} rules`);
  }
  return rules;
}

/** The id of the group that a request names by its id or, in the default VPC, by its name. Throws MissingParameter. */
export async function readGroupId(
  { GroupId, GroupName }: { readonly GroupId?: string; readonly GroupName?: string },
  { tx, owner }: NetworkWork,
): Promise<string> {
  if (GroupId !== undefined) return GroupId;
  if (GroupName === undefined) throw missing("groupName or groupId");
  return (await groupOfName(tx, GroupName, owner)).id;
}

/** Throws `prefix-list-not-found`: there are none. */
export function refusePrefixLists(lists: readonly { readonly PrefixListId?: string }[] | undefined): void {
  const [list] = lists ?? [];
  if (!list) return;
  throw new Refusal(
    "prefix-list-not-found",
    `The prefix list ID '${(list.PrefixListId ?? "").slice(0, 100)}' does not exist`,
  );
}

function singlePermission({ CidrIp, IpProtocol, FromPort, ToPort }: GivenRules): GivenPermission | undefined {
  if (CidrIp === undefined && IpProtocol === undefined && FromPort === undefined && ToPort === undefined)
    return undefined;
  if (CidrIp === undefined) throw missing("cidrIp");
  return { ...portsOf({ IpProtocol, FromPort, ToPort }), IpRanges: [{ CidrIp }] };
}

function portsOf(given: {
  readonly IpProtocol: string | undefined;
  readonly FromPort: number | undefined;
  readonly ToPort: number | undefined;
}): Pick<GivenPermission, "IpProtocol" | "FromPort" | "ToPort"> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said);
}

async function readPermission(
  permission: GivenPermission,
  egress: boolean,
  work: NetworkWork,
): Promise<readonly NewGroupRule[]> {
  const { IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] } = permission;
  refusePrefixLists(permission.PrefixListIds);
  const given: GivenPorts = { protocol: IpProtocol, fromPort: FromPort, toPort: ToPort };
  const ports = { ...rulePorts(given), egress };
  const rules: NewGroupRule[] = [];
  for (const { CidrIp = "", Description } of IpRanges) {
    rules.push({ ...ports, ...ruleBlock(CidrIp, "ipv4"), description: Description });
  }
  for (const { CidrIpv6 = "", Description } of Ipv6Ranges) {
    rules.push({ ...ports, ...ruleBlock(CidrIpv6, "ipv6"), description: Description });
  }
  for (const pair of UserIdGroupPairs) {
    rules.push({ ...ports, sourceKind: "group", source: await readPair(pair, work), description: pair.Description });
  }
  if (rules.length === 0) throw missing("ipRanges, ipv6Ranges or userIdGroupPairs");
  return rules;
}

async function readPair(
  { GroupId, GroupName, UserId, VpcPeeringConnectionId }: GivenPair,
  work: NetworkWork,
): Promise<string> {
  absent({ vpcPeeringConnectionId: VpcPeeringConnectionId });
  checkUser(UserId, work.owner);
  return await readGroupId(
    { ...(GroupId === undefined ? {} : { GroupId }), ...(GroupName === undefined ? {} : { GroupName }) },
    work,
  );
}

function checkUser(userId: string | undefined, { account }: Owner): void {
  if (userId === undefined || userId === account) return;
  throw new Refusal("group-not-found", `The account '${userId.slice(0, 20)}' shares no network with this one`);
}

const MOST_RULES = 1000;
