import { checkedActions, type GivenAction, type OrderedAction } from "#domain/balancers/actions.ts";
import { checkConditions } from "#domain/balancers/conditions.ts";
import type { Rule } from "#domain/balancers/rule.ts";
import { checkTransforms } from "#domain/balancers/transforms.ts";
import type { EdgeCondition, EdgeTransform } from "#domain/edge-config.ts";
import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import { updateRule } from "#store/listener-rules.ts";
import type { BalancerDeps } from "./deps.ts";
import { useTargetGroups } from "./forwarding.ts";
import { heldRule } from "./rules.ts";
import { forgetSecrets, sealActions } from "./secrets.ts";

/** What a change says of a rule; what it does not say stays as it is. */
export interface RuleModification {
  /** As the caller wrote it. */
  readonly ruleArn: string;
  readonly conditions: readonly EdgeCondition[] | undefined;
  readonly actions: readonly OrderedAction<GivenAction>[] | undefined;
  readonly transforms: readonly EdgeTransform[] | undefined;
}

/**
 * Replaces conditions, actions or transforms of a rule; client secrets that it no longer needs are destroyed. Throws
 * `rule-not-found`, `balancer-operation-forbidden` for a default rule, and as `createRule`.
 */
export async function modifyRule(request: RuleModification, owner: Owner, deps: BalancerDeps): Promise<Rule> {
  if (request.conditions) checkConditions(request.conditions);
  if (request.transforms) checkTransforms(request.transforms);
  return await deps.store.transaction().execute(async (tx) => {
    const { rule: present, listener, balancer } = await heldRule(tx, request.ruleArn, owner, "modified by ModifyRule");
    const given = request.actions && checkedActions(request.actions, listener);
    const next: Rule = {
      ...present,
      conditions: request.conditions ?? present.conditions,
      transforms: request.transforms ?? present.transforms,
      actions: given ? await sealActions(tx, given, present.actions, balancer, deps) : present.actions,
    };
    await updateRule(tx, next);
    await useTargetGroups(tx, { ruleArn: next.arn, listener, actions: next.actions }, balancer);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    await forgetSecrets(tx, present.actions, next.actions, deps);
    return next;
  });
}
