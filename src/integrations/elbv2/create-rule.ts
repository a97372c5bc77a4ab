import { checkedActions, type GivenAction, type OrderedAction } from "#domain/balancers/actions.ts";
import { ruleArn } from "#domain/balancers/arns.ts";
import { checkConditions } from "#domain/balancers/conditions.ts";
import { checkPriority, checkTakesRules, type Rule } from "#domain/balancers/rule.ts";
import { checkTransforms } from "#domain/balancers/transforms.ts";
import type { EdgeCondition, EdgeTransform } from "#domain/edge-config.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { announce } from "#store/edge-changes.ts";
import { countRules, findRuleByPriority, insertRule } from "#store/listener-rules.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldListener } from "./find.ts";
import { useTargetGroups } from "./forwarding.ts";
import { sealActions } from "./secrets.ts";
import { checkTags, type Tag, tag } from "./tags.ts";

export interface NewRule {
  /** As the caller wrote it. */
  readonly listenerArn: string;
  readonly priority: number;
  readonly conditions: readonly EdgeCondition[];
  readonly actions: readonly OrderedAction<GivenAction>[];
  readonly transforms: readonly EdgeTransform[];
  readonly tags: readonly Tag[];
}

/**
 * Makes a rule. Throws `rule-priority-used`, `rules-too-many`, `listener-not-found`, and what the checks of
 * domain/balancers throw.
 */
export async function createRule(request: NewRule, owner: Owner, deps: BalancerDeps): Promise<Rule> {
  const { priority, conditions, transforms, tags } = request;
  checkTags(tags);
  checkPriority(priority);
  checkConditions(conditions);
  checkTransforms(transforms);
  return await deps.store.transaction().execute(async (tx) => {
    const { listener, balancer } = await heldListener(tx, request.listenerArn, owner);
    checkTakesRules(listener.protocol);
    const actions = checkedActions(request.actions, listener);
    if (await findRuleByPriority(tx, listener.arn, priority)) throw priorityUsed(priority);
    const most = deps.balancerQuotas.rulesPerBalancer;
    if ((await countRules(tx, balancer.arn, most)) >= most) {
      throw new Refusal("rules-too-many", `A load balancer can have up to ${most} rules beside the default ones`);
    }
    const rule: Rule = {
      arn: ruleArn(listener.arn, deps.ids.hex(8)),
      listenerArn: listener.arn,
      loadBalancerArn: balancer.arn,
      priority,
      conditions,
      actions: await sealActions(tx, actions, [], balancer, deps),
      transforms,
    };
    if (!(await insertRule(tx, rule))) throw priorityUsed(priority);
    await useTargetGroups(tx, { ruleArn: rule.arn, listener, actions: rule.actions }, balancer);
    await tag(tx, rule.arn, tags);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    return rule;
  });
}

export function priorityUsed(priority: number): Refusal {
  return new Refusal("rule-priority-used", `Priority '${priority}' is currently in use`);
}
