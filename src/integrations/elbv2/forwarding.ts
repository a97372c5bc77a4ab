import { targetGroupsOf } from "#domain/balancers/actions.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { LISTENER_PROTOCOLS } from "#domain/balancers/protocols.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Tx } from "#store/store.ts";
import { claimTargetGroup, releaseTargetGroups, setListenerTargetGroups } from "#store/target-groups.ts";
import { targetGroupOf } from "./find.ts";

/**
 * Makes the target groups of a listener's action the load balancer's, and frees those that no listener needs any more.
 * Throws `target-group-not-found`, `protocols-incompatible` and `target-group-used-elsewhere`.
 */
export async function useTargetGroups(tx: Tx, listener: Listener, balancer: LoadBalancer): Promise<void> {
  const groups = [];
  // In one order everywhere, so that two changes never wait for each other in a circle.
  for (const text of targetGroupsOf(listener.defaultAction).toSorted((a, b) => (a < b ? -1 : 1))) {
    const { arn, protocol } = await targetGroupOf(tx, text, balancer);
    if (!LISTENER_PROTOCOLS[listener.protocol].targets.includes(protocol)) {
      throw new Refusal(
        "protocols-incompatible",
        `A listener with the protocol '${listener.protocol}' cannot forward to a target group with the protocol '${protocol}'`,
      );
    }
    if (!(await claimTargetGroup(tx, arn, balancer.arn))) {
      throw new Refusal(
        "target-group-used-elsewhere",
        `The target group '${arn}' cannot be associated with more than one load balancer`,
      );
    }
    groups.push(arn);
  }
  await setListenerTargetGroups(tx, listener.arn, groups);
  await releaseTargetGroups(tx, balancer.arn);
}
