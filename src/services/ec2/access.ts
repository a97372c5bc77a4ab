import { regionalArn } from "#aws/access.ts";
import type { Service } from "#aws/service.ts";

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
