import { everyAttribute } from "#domain/balancers/attributes.ts";
import { balancerAttributes } from "#domain/balancers/balancer-attributes.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { announce } from "#store/edge-changes.ts";
import { certificatesOfBalancer } from "#store/listener-certificates.ts";
import { listListeners } from "#store/listeners.ts";
import { findLoadBalancer, removeLoadBalancer } from "#store/load-balancers.ts";
import { releaseTargetGroups } from "#store/target-groups.ts";
import { settleCertificates } from "./certificates.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldLoadBalancer, readLoadBalancerArn } from "./find.ts";
import { untagAll } from "./tags.ts";

/**
 * Removes a load balancer with its listeners: its certificates are detached, its target groups free, all at once. Does
 * nothing when there is none. Throws `balancer-operation-forbidden` under deletion protection.
 */
export async function deleteLoadBalancer(text: string, owner: Owner, deps: BalancerDeps): Promise<void> {
  const arn = readLoadBalancerArn(text);
  await deps.store.transaction().execute(async (tx) => {
    if (!(await findLoadBalancer(tx, arn))) return;
    const balancer = await heldLoadBalancer(tx, arn, owner);
    const { table } = balancerAttributes(balancer.type, balancer.scheme);
    if (everyAttribute(table, balancer.attributes)["deletion_protection.enabled"] === "true") {
      throw new Refusal(
        "balancer-operation-forbidden",
        `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
      );
    }
    const listeners = await listListeners(tx, arn);
    const certificates = await certificatesOfBalancer(tx, arn);
    await removeLoadBalancer(tx, arn);
    await settleCertificates(
      tx,
      balancer,
      certificates.map(({ certificateArn }) => certificateArn),
      deps,
    );
    await releaseTargetGroups(tx, arn);
    await untagAll(tx, [arn, ...listeners.flatMap((listener) => [listener.arn, listener.ruleArn])]);
    await announce(tx, { kind: "balancer", loadBalancerArn: arn });
  });
}
