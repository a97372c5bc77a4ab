import type { LoadBalancerArn } from "#domain/arn.ts";
import { everyAttribute } from "#domain/balancers/attributes.ts";
import { balancerAttributes } from "#domain/balancers/balancer-attributes.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { leaveNetwork } from "#integrations/ec2/placement.ts";
import { announce } from "#store/edge-changes.ts";
import { listListeners } from "#store/listeners.ts";
import { findLoadBalancer, removeLoadBalancer } from "#store/load-balancers.ts";
import type { Tx } from "#store/store.ts";
import { findGroupWithTarget } from "#store/targets.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldLoadBalancer, readLoadBalancerArn } from "./find.ts";
import { shortenList } from "./listener-certificates.ts";
import { untagAll } from "./tags.ts";
import { takeApart } from "./take-apart.ts";
import { announceDistrust } from "./trust-store-changes.ts";

/**
 * Removes a load balancer with its listeners: its certificates are detached, its target groups free, its secrets
 * destroyed. All at once; only lists of more than 500 certificates are detached part by part before. Does nothing when
 * there is none. Throws `balancer-operation-forbidden` under deletion protection, and `resource-in-use` while it is a
 * target.
 */
export async function deleteLoadBalancer(text: string, owner: Owner, deps: BalancerDeps): Promise<void> {
  const arn = readLoadBalancerArn(text);
  const step = async (tx: Tx): Promise<boolean> => {
    if (!(await findLoadBalancer(tx, arn))) return true;
    const balancer = await heldLoadBalancer(tx, arn, owner);
    checkUnprotected(balancer);
    await checkNoTarget(tx, arn);
    const listeners = await listListeners(tx, arn);
    for (const listener of listeners) {
      if (await shortenList(tx, listener, balancer, deps)) return false;
    }
    for (const listener of listeners) await takeApart(tx, listener, balancer, deps);
    await leaveNetwork(tx, arn);
    await removeLoadBalancer(tx, arn);
    await untagAll(tx, [arn]);
    await announce(tx, { kind: "balancer", loadBalancerArn: arn });
    for (const listener of listeners) await announceDistrust(tx, listener, undefined);
    return true;
  };
  while (!(await deps.store.transaction().execute(step)));
}

function checkUnprotected({ arn, type, scheme, attributes }: LoadBalancer): void {
  const { table } = balancerAttributes(type, scheme);
  if (everyAttribute(table, attributes)["deletion_protection.enabled"] !== "true") return;
  throw new Refusal(
    "balancer-operation-forbidden",
    `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
  );
}

/** An Application Load Balancer may stand behind a Network Load Balancer. */
async function checkNoTarget(tx: Tx, arn: LoadBalancerArn): Promise<void> {
  const group = await findGroupWithTarget(tx, arn);
  if (group === undefined) return;
  throw new Refusal(
    "resource-in-use",
    `Load balancer '${arn}' is a target of the target group '${group}': deregister it there first`,
  );
}
