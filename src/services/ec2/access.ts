import { type Access, regionalArn } from "#aws/access.ts";
import type { AccessRules, Service, TaggingRules } from "#aws/service.ts";
import type { Owner } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { groupIdOfName, tableIdOfAssociation } from "#integrations/ec2/named.ts";
import type { Ec2Sdk } from "./model.ts";
import type { Ec2Deps } from "./operation.ts";

/**
 * EC2 names resources by ids that begin with what they are. Describe operations are about no resource in AWS's policies.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export const resourcesOf: NonNullable<Service<object, unknown>["resourcesOf"]> = (operation, input, owner) => {
  if (operation.startsWith("Describe")) return [];
  const made = /^Create(Default)?(Vpc|Subnet|SecurityGroup|RouteTable|InternetGateway|NetworkAcl)$/.exec(
    operation,
  )?.[2];
  const kind = made?.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const fresh = kind === undefined ? [] : [regionalArn("ec2", owner, `${kind}/*`)];
  return [...fresh, ...idsIn(input).map((id) => regionalArn("ec2", owner, `${KINDS[kindOf(id)]}/${id}`))];
};

/** What requests name otherwise than by its id is asked about by its id all the same. */
export const access: AccessRules<Ec2Sdk, Ec2Deps> = {
  AuthorizeSecurityGroupEgress: aboutGroup,
  AuthorizeSecurityGroupIngress: aboutGroup,
  DeleteSecurityGroup: aboutGroup,
  DisassociateRouteTable: aboutTables,
  ModifySecurityGroupRules: aboutGroup,
  ReplaceRouteTableAssociation: aboutTables,
  RevokeSecurityGroupEgress: aboutGroup,
  RevokeSecurityGroupIngress: aboutGroup,
  UpdateSecurityGroupRuleDescriptionsEgress: aboutGroup,
  UpdateSecurityGroupRuleDescriptionsIngress: aboutGroup,
};

/** The group whose rules they are: groups that rules name are not touched. */
async function aboutGroup(
  { GroupId, GroupName }: { readonly GroupId?: string; readonly GroupName?: string },
  owner: Owner,
  deps: Ec2Deps,
): Promise<Access> {
  const id = GroupId ?? (GroupName === undefined ? undefined : await groupIdOfName(GroupName, owner, deps));
  return { resources: [regionalArn("ec2", owner, `security-group/${id ?? "*"}`)] };
}

async function aboutTables(
  { AssociationId, RouteTableId }: { readonly AssociationId: string; readonly RouteTableId?: string },
  owner: Owner,
  deps: Ec2Deps,
): Promise<Access> {
  const before = await tableIdOfAssociation(AssociationId, deps);
  const tables = [before ?? "*", ...(RouteTableId === undefined ? [] : [RouteTableId])];
  return { resources: tables.map((id) => regionalArn("ec2", owner, `route-table/${id}`)) };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html */
export const tagging: TaggingRules<Ec2Sdk> = {
  AuthorizeSecurityGroupEgress: createTags("AuthorizeSecurityGroupEgress"),
  AuthorizeSecurityGroupIngress: createTags("AuthorizeSecurityGroupIngress"),
  CreateInternetGateway: createTags("CreateInternetGateway"),
  CreateRouteTable: createTags("CreateRouteTable"),
  CreateSecurityGroup: createTags("CreateSecurityGroup"),
  CreateSubnet: createTags("CreateSubnet"),
  CreateVpc: createTags("CreateVpc"),
};

/** What is tagged stands in the request, with its tags. */
function createTags(operation: string): (input: Tagged, owner: Owner) => Access {
  return ({ TagSpecifications = [] }, owner) => ({
    action: "ec2:CreateTags",
    resources: [
      ...new Set(TagSpecifications.map(({ ResourceType }) => regionalArn("ec2", owner, `${ResourceType}/*`))),
    ],
    facts: factsOf({ "ec2:CreateAction": operation }),
  });
}

interface Tagged {
  readonly TagSpecifications?: readonly { readonly ResourceType?: string }[];
}

/** Every id that stands in an input where ids belong, once: not what a description or a tag looks like. */
function idsIn(value: unknown, member = ""): readonly string[] {
  if (typeof value === "string") {
    return ID_MEMBER.test(member) && KINDS[kindOf(value)] !== undefined && ID.test(value) ? [value] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([name, item]) => idsIn(item, Array.isArray(value) ? member : name));
  return [...new Set(inside)];
}

const kindOf = (id: string): string => id.slice(0, id.indexOf("-"));
const ID_MEMBER = /(Ids?|Resources)$/;
const ID = /^[a-z]+-[0-9a-f]{8,17}$/;
const KINDS: Readonly<Record<string, string>> = {
  acl: "network-acl",
  eni: "network-interface",
  i: "instance",
  igw: "internet-gateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vpc: "vpc",
};
