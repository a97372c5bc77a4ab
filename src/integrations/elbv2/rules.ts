import type { OrderedAction } from "#domain/balancers/actions.ts";
import { listenerOfRule, parseRuleArn, type RuleArn } from "#domain/balancers/arns.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { HIGHEST_PRIORITY, type Rule } from "#domain/balancers/rule.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findRule, listRules } from "#store/listener-rules.ts";
import { holdLoadBalancer } from "#store/load-balancers.ts";
import type { Db, Store, Tx } from "#store/store.ts";
import { listenerOf } from "./find.ts";
import { onePage, type Page, type Pages, page } from "./paging.ts";

/** A rule as it is described: the default rule of a listener is its last one, without conditions. */
export type DescribedRule = Pick<Rule, "conditions" | "transforms"> & {
  readonly arn: RuleArn;
  readonly priority: number | "default";
  readonly actions: readonly OrderedAction[];
};

/** A rule with the listener and the load balancer that it belongs to; undefined for a default rule. */
export interface FoundRule {
  readonly rule: Rule | undefined;
  readonly listener: Listener;
  readonly balancer: LoadBalancer;
}

/** A rule of one of the owner's listeners. Throws `rule-not-found`, `balancer-input-invalid`. */
export async function ruleOf(db: Db, text: string, owner: Owner): Promise<FoundRule> {
  const arn = parseRuleArn(text);
  if (!arn) throw new Refusal("balancer-input-invalid", `'${text}' is not a valid listener rule ARN`);
  const place = await listenerOf(db, listenerOfRule(arn), owner).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "listener-not-found") throw ruleNotFound(text);
    throw error;
  });
  if (place.listener.ruleArn === arn) return { ...place, rule: undefined };
  const rule = await findRule(db, arn);
  if (!rule) throw ruleNotFound(text);
  return { ...place, rule };
}

/** As `ruleOf`, with the load balancer held; not for default rules. Throws `balancer-operation-forbidden` for those. */
export async function heldRule(
  tx: Tx,
  text: string,
  owner: Owner,
  what: string,
): Promise<FoundRule & { readonly rule: Rule }> {
  const { balancer } = await ruleOf(tx, text, owner);
  await holdLoadBalancer(tx, balancer.arn);
  const { rule, ...place } = await ruleOf(tx, text, owner);
  if (!rule) throw new Refusal("balancer-operation-forbidden", `The default rule '${text}' cannot be ${what}`);
  return { ...place, rule };
}

export interface RuleQuery extends Pages {
  readonly listenerArn: string | undefined;
  readonly arns: readonly string[];
}

/** The rules of one listener in their order, the default rule last, or those named. Throws as `ruleOf`, `listener-not-found`. */
export async function findRules(
  query: RuleQuery,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<Page<DescribedRule>> {
  const { listenerArn, arns } = query;
  if (listenerArn === undefined) {
    const found = await Promise.all([...new Set(arns)].map((arn) => ruleOf(store, arn, owner)));
    return onePage(found.map(({ rule, listener }) => rule ?? defaultRule(listener)));
  }
  const { listener } = await listenerOf(store, listenerArn, owner);
  return await page<DescribedRule>(
    query,
    ({ priority }) => String(priority),
    async (after, limit) => {
      if (after === "default") return [];
      const rules = await listRules(store, listener.arn, Number(after ?? 0) || 0, limit);
      return rules.length < limit ? [...rules, defaultRule(listener)] : rules;
    },
  );
}

export function ruleNotFound(arn: string): Refusal {
  return new Refusal("rule-not-found", `Rules '[${arn}]' not found`);
}

function defaultRule({ ruleArn, defaultActions }: Listener): DescribedRule {
  return { arn: ruleArn, priority: "default", conditions: [], actions: defaultActions, transforms: [] };
}

/** More than a listener can have, whatever the settings say. */
export const MOST_RULES: number = HIGHEST_PRIORITY;
