import { type Access, regionalArn } from "#aws/access.ts";
import type { Service, TaggingRules } from "#aws/service.ts";
import type { Owner } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import type { Ec2Sdk } from "./model.ts";

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

/** Every id that stands anywhere in an input, once. */
function idsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return KINDS[kindOf(value)] !== undefined && ID.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return [...new Set(Object.values(value).flatMap(idsIn))];
}

const kindOf = (id: string): string => id.slice(0, id.indexOf("-"));
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
