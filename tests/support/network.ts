import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import type { NewGroupRule } from "#domain/network/security-group.ts";
import { authorize } from "#integrations/ec2/group-rules.ts";
import { findSubnets } from "#integrations/ec2/lists.ts";
import { createSecurityGroup } from "#integrations/ec2/security-groups.ts";
import { askNetwork, changeNetwork } from "#integrations/ec2/work.ts";
import { createLoadBalancer, type NewLoadBalancer } from "#integrations/elbv2/create-load-balancer.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { WEB } from "./balancers.ts";

/** Where a load balancer can stand. */
export interface TestNetwork {
  readonly vpcId: string;
  /** In three zones, in their order. */
  readonly subnets: readonly string[];
}

/** An owner's default VPC. */
export async function defaultNetwork(owner: Owner, deps: BalancerDeps): Promise<TestNetwork> {
  const found = await askNetwork(owner, deps, (look) => findSubnets({ after: "", limit: 100 }, look));
  const subnets = found.map(({ thing }) => thing).filter(({ isDefault }) => isDefault);
  const byZone = subnets.toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
  return { vpcId: byZone[0]?.vpcId ?? "", subnets: byZone.map(({ id }) => id) };
}

/** A security group in an owner's default VPC that lets in what `rules` say. */
export async function makeGroup(
  name: string,
  rules: readonly Omit<NewGroupRule, "egress" | "description">[],
  owner: Owner,
  deps: BalancerDeps,
): Promise<string> {
  return await changeNetwork(owner, deps, async ({ tx }) => {
    const { id } = await createSecurityGroup(tx, { name, description: name, vpcId: undefined }, owner, deps);
    const all = rules.map((rule) => ({ ...rule, egress: false, description: undefined }));
    await authorize(tx, id, all, owner, deps);
    return id;
  });
}

/** A load balancer in two subnets of its owner's default VPC: an Application Load Balancer called "web" unless said otherwise. */
export async function makeBalancer(
  more: Partial<NewLoadBalancer>,
  owner: Owner,
  deps: BalancerDeps,
): Promise<LoadBalancer> {
  const { subnets } = await defaultNetwork(owner, deps);
  return await createLoadBalancer({ ...WEB, subnets: subnets.slice(0, 2), ...more }, owner, deps);
}
