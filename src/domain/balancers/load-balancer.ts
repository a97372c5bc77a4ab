import type { LoadBalancerArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { BalancerType } from "#domain/tls/policies.ts";

export type Scheme = "internet-facing" | "internal";
/** `provisioning` until an edge said that it carries the load balancer. */
export type BalancerState = "provisioning" | "active";

/** What its creator decides about a load balancer. */
export interface BalancerSettings {
  readonly name: string;
  readonly type: BalancerType;
  readonly scheme: Scheme;
  /** Each in a zone of its own; integrations/ec2/placement.ts looks whether they are there. */
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

export interface LoadBalancer extends BalancerSettings, Owner {
  readonly arn: LoadBalancerArn;
  readonly vpcId: string;
  /** The names of the zones of its subnets, in their order. */
  readonly zones: readonly string[];
  readonly dnsName: string;
  /** The IPv4 address of its own. */
  readonly address: string;
  readonly state: BalancerState;
  readonly createdAt: Date;
  /** What its edges share and clients do not know: stickiness cookies are sealed with it. */
  readonly cookieSecret: string;
  /** What was set; the defaults stand in balancer-attributes.ts. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Throws `subnet-invalid`, `security-group-invalid` or `balancer-input-invalid` for settings that AWS refuses. */
export function checkSettings({ type, subnets, securityGroups }: BalancerSettings): void {
  const strange = subnets.find((id) => !SUBNET.test(id));
  if (strange !== undefined) throw new Refusal("subnet-invalid", `The subnet ID '${strange}' is not valid`);
  if (new Set(subnets).size < subnets.length) {
    throw new Refusal("balancer-input-invalid", "A subnet cannot be specified more than once");
  }
  if (subnets.length === 0) {
    throw new Refusal("balancer-input-invalid", "You must specify subnets or subnet mappings");
  }
  if (type === "application" && subnets.length < 2) {
    throw new Refusal(
      "balancer-input-invalid",
      "At least two subnets in two different Availability Zones must be specified",
    );
  }
  const group = securityGroups.find((id) => !SECURITY_GROUP.test(id));
  if (group !== undefined) {
    throw new Refusal("security-group-invalid", `The security group ID '${group}' is not valid`);
  }
}

/** Whether two requests ask for the same load balancer. */
export function sameSettings(a: BalancerSettings, b: BalancerSettings): boolean {
  const sorted = (ids: readonly string[]): string => ids.toSorted().join();
  return (
    a.name === b.name &&
    a.type === b.type &&
    a.scheme === b.scheme &&
    sorted(a.subnets) === sorted(b.subnets) &&
    sorted(a.securityGroups) === sorted(b.securityGroups)
  );
}

/** `web-0123456789.eu-west-1.elb.sealkeeper.internal`; an internal one begins with `internal-`. */
export function balancerDnsName(
  { name, scheme, region }: Pick<LoadBalancer, "name" | "scheme" | "region">,
  id: string,
  productZone: string,
): string {
  const prefix = scheme === "internal" ? "internal-" : "";
  return `${prefix}${name}-${id}.${region}.elb.${productZone}`.toLowerCase();
}

const SUBNET = /^subnet-[0-9a-f]{8}([0-9a-f]{9})?$/;
const SECURITY_GROUP = /^sg-[0-9a-f]{8}([0-9a-f]{9})?$/;
