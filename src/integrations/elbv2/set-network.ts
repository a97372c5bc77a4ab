import { checkSettings, type LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { checkPlacement, type Placement, placeBalancer } from "#integrations/ec2/placement.ts";
import { removeAddressesElsewhere } from "#store/edge-carriage.ts";
import { announce } from "#store/edge-changes.ts";
import { setBalancerSecurityGroups, setBalancerSubnets } from "#store/load-balancers.ts";
import type { Tx } from "#store/store.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldLoadBalancer } from "./find.ts";
import { announceTarget } from "./places.ts";

/** Replaces the subnets, within the VPC; edges of zones that it leaves carry it no longer. Throws `balancer-not-found` and as `createLoadBalancer`. */
export async function setSubnets(
  arn: string,
  subnets: readonly string[],
  owner: Owner,
  deps: BalancerDeps,
): Promise<LoadBalancer> {
  return await deps.store.transaction().execute(async (tx) => {
    const present = await heldLoadBalancer(tx, arn, owner);
    const placement = await replaced(tx, { ...present, subnets }, owner, deps);
    const balancer = { ...present, subnets, zones: placement.subnets.map(({ zone }) => zone) };
    await setBalancerSubnets(tx, balancer.arn, balancer);
    await removeAddressesElsewhere(tx, balancer.arn, balancer.zones);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    await announceTarget(tx, balancer.arn);
    return balancer;
  });
}

/** Replaces the security groups. Throws `balancer-not-found`, `security-group-invalid`, `balancer-configuration-invalid`. */
export async function setSecurityGroups(
  arn: string,
  securityGroups: readonly string[],
  owner: Owner,
  deps: BalancerDeps,
): Promise<LoadBalancer> {
  return await deps.store.transaction().execute(async (tx) => {
    const present = await heldLoadBalancer(tx, arn, owner);
    if (present.type === "network" && present.securityGroups.length === 0) {
      throw new Refusal(
        "balancer-configuration-invalid",
        "A Network Load Balancer that was made without security groups cannot get any",
      );
    }
    if (securityGroups.length === 0) {
      throw new Refusal("balancer-input-invalid", "At least one security group must be specified");
    }
    const placement = await replaced(tx, { ...present, securityGroups }, owner, deps);
    const balancer = { ...present, securityGroups: placement.securityGroups };
    await setBalancerSecurityGroups(tx, balancer.arn, balancer.securityGroups);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    return balancer;
  });
}

async function replaced(tx: Tx, wanted: LoadBalancer, owner: Owner, deps: BalancerDeps): Promise<Placement> {
  checkSettings(wanted);
  const placement = await checkPlacement(tx, wanted, owner, deps);
  if (placement.vpcId !== wanted.vpcId) {
    throw new Refusal("subnet-invalid", `The subnets must be of the load balancer's VPC '${wanted.vpcId}'`);
  }
  await placeBalancer(tx, wanted.arn, placement, owner, deps);
  return placement;
}
