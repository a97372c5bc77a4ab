import { type OrderedAction, targetGroupsOf } from "#domain/balancers/actions.ts";
import type { RuleArn } from "#domain/balancers/arns.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { LISTENER_PROTOCOLS } from "#domain/balancers/protocols.ts";
import { QUOTAS } from "#domain/balancers/quotas.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Tx } from "#store/store.ts";
import {
  claimTargetGroup,
  listTargetGroupsOfBalancer,
  releaseTargetGroups,
  setRuleTargetGroups,
} from "#store/target-groups.ts";
import { targetGroupOf } from "./find.ts";

/** A rule of a listener, also its default one, and what it does. */
export interface ForwardingRule {
  readonly ruleArn: RuleArn;
  readonly listener: Pick<Listener, "arn" | "protocol">;
  readonly actions: readonly OrderedAction[];
}

/**
 * Makes the target groups of a rule's actions the load balancer's, and frees those that no rule needs any more. Throws
 * `target-group-not-found`, `protocols-incompatible`, `target-group-used-elsewhere` and
 * `target-groups-of-balancer-too-many`.
 */
export async function useTargetGroups(
  tx: Tx,
  { ruleArn, listener, actions }: ForwardingRule,
  balancer: LoadBalancer,
): Promise<void> {
  const groups = [];
  // In one order everywhere, so that two changes never wait for each other in a circle.
  for (const text of targetGroupsOf(actions).toSorted((a, b) => (a < b ? -1 : 1))) {
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
  await setRuleTargetGroups(tx, { ruleArn, listenerArn: listener.arn }, groups);
  await releaseTargetGroups(tx, balancer.arn);
  if (groups.length > 0) await checkCount(tx, balancer);
}

async function checkCount(tx: Tx, { arn }: LoadBalancer): Promise<void> {
  const most = QUOTAS.targetGroupsPerBalancer;
  const used = await listTargetGroupsOfBalancer(tx, arn, undefined, most + 1);
  if (used.length > most) {
    throw new Refusal(
      "target-groups-of-balancer-too-many",
      `The listeners of a load balancer can forward to up to ${most} target groups`,
    );
  }
}
