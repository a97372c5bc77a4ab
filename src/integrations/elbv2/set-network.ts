import { checkSettings, type LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { setBalancerSecurityGroups, setBalancerSubnets } from "#store/load-balancers.ts";
import type { Store } from "#store/store.ts";
import { heldLoadBalancer } from "./find.ts";

/** Replaces the subnets. Throws `balancer-not-found`, `subnet-invalid`, `balancer-input-invalid`. */
export async function setSubnets(
  arn: string,
  subnets: readonly string[],
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<LoadBalancer> {
  return await store.transaction().execute(async (tx) => {
    const balancer = { ...(await heldLoadBalancer(tx, arn, owner)), subnets };
    checkSettings(balancer);
    await setBalancerSubnets(tx, balancer.arn, subnets);
    return balancer;
  });
}

/** Replaces the security groups. Throws `balancer-not-found`, `security-group-invalid`, `balancer-configuration-invalid`. */
export async function setSecurityGroups(
  arn: string,
  securityGroups: readonly string[],
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<LoadBalancer> {
  return await store.transaction().execute(async (tx) => {
    const present = await heldLoadBalancer(tx, arn, owner);
    if (present.type === "network" && present.securityGroups.length === 0) {
      throw new Refusal(
        "balancer-configuration-invalid",
        "A Network Load Balancer that was made without security groups cannot get any",
      );
    }
    const balancer = { ...present, securityGroups };
    checkSettings(balancer);
    await setBalancerSecurityGroups(tx, balancer.arn, securityGroups);
    return balancer;
  });
}
