import type { RuleArn } from "#domain/balancers/arns.ts";
import { checkPriority, type Rule } from "#domain/balancers/rule.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { announce } from "#store/edge-changes.ts";
import { findRuleByPriority, setPriority } from "#store/listener-rules.ts";
import type { Store } from "#store/store.ts";
import { priorityUsed } from "./create-rule.ts";
import { heldRule } from "./rules.ts";

export interface WantedPriority {
  /** As the caller wrote it. */
  readonly ruleArn: string;
  readonly priority: number;
}

/**
 * Gives rules of one listener other priorities, all of them at once: rules may exchange theirs. Throws
 * `rule-priority-used` where a rule that is not named has one, `rule-not-found`, `balancer-operation-forbidden` for a
 * default rule, `balancer-input-invalid` for priorities and rules that are named twice.
 */
export async function setRulePriorities(
  wanted: readonly WantedPriority[],
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<readonly Rule[]> {
  checkWanted(wanted);
  return await store.transaction().execute(async (tx) => {
    const changed: Rule[] = [];
    for (const { ruleArn, priority } of wanted) {
      const { rule } = await heldRule(tx, ruleArn, owner, "given a priority");
      changed.push({ ...rule, priority });
    }
    const [first] = changed;
    if (!first) throw new Refusal("balancer-input-invalid", "At least one rule priority must be specified");
    const { listenerArn, loadBalancerArn } = first;
    if (changed.some((rule) => rule.listenerArn !== listenerArn)) {
      throw new Refusal("balancer-input-invalid", "The rules must all be rules of one listener");
    }
    const named = new Set<RuleArn>(changed.map(({ arn }) => arn));
    for (const { priority } of changed) {
      const holder = await findRuleByPriority(tx, listenerArn, priority);
      if (holder && !named.has(holder.arn)) throw priorityUsed(priority);
    }
    // Out of each other's way first: no two rules have one priority, in between neither.
    for (const { arn, priority } of changed) await setPriority(tx, arn, -priority);
    for (const { arn, priority } of changed) await setPriority(tx, arn, priority);
    await announce(tx, { kind: "balancer", loadBalancerArn });
    return changed.toSorted((a, b) => a.priority - b.priority);
  });
}

function checkWanted(wanted: readonly WantedPriority[]): void {
  for (const { priority } of wanted) checkPriority(priority);
  if (new Set(wanted.map(({ ruleArn }) => ruleArn)).size < wanted.length) {
    throw new Refusal("balancer-input-invalid", "A rule cannot be specified more than once");
  }
  if (new Set(wanted.map(({ priority }) => priority)).size < wanted.length) {
    throw new Refusal("balancer-input-invalid", "A priority cannot be specified more than once");
  }
}
