import type { LoadBalancerArn } from "#domain/arn.ts";
import type { OrderedAction } from "#domain/balancers/actions.ts";
import type { ListenerArn, RuleArn } from "#domain/balancers/arns.ts";
import type { Rule } from "#domain/balancers/rule.ts";
import type { EdgeCondition, EdgeTransform } from "#domain/edge-config.ts";
import type { Db, Tx } from "./store.ts";

/** Writes a rule; false when another rule of the listener has the priority. */
export async function insertRule(tx: Tx, rule: Rule): Promise<boolean> {
  const { arn, listenerArn, loadBalancerArn, priority } = rule;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("listenerRules")
    .values({ arn, listenerArn, loadBalancerArn, priority, ...contents(rule) })
    .onConflict((conflict) => conflict.columns(["listenerArn", "priority"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Writes the contents of a rule again, not its priority. The caller holds the load balancer. */
export async function updateRule(tx: Tx, rule: Rule): Promise<void> {
  await tx.updateTable("listenerRules").set(contents(rule)).where("arn", "=", rule.arn).execute();
}

/** Gives a rule a priority, which no other rule of its listener has. Below zero it is out of the way. */
export async function setPriority(tx: Tx, arn: RuleArn, priority: number): Promise<void> {
  await tx.updateTable("listenerRules").set({ priority }).where("arn", "=", arn).execute();
}

export async function findRule(db: Db, arn: RuleArn): Promise<Rule | undefined> {
  const row = await rules(db).where("arn", "=", arn).executeTakeFirst();
  return row && rule(row);
}

export async function findRuleByPriority(
  db: Db,
  listenerArn: ListenerArn,
  priority: number,
): Promise<Rule | undefined> {
  const row = await rules(db)
    .where("listenerArn", "=", listenerArn)
    .where("priority", "=", priority)
    .executeTakeFirst();
  return row && rule(row);
}

/** The rules of a listener in the order of their priorities, those after `afterPriority`. */
export async function listRules(
  db: Db,
  listenerArn: ListenerArn,
  afterPriority: number,
  limit: number,
): Promise<Rule[]> {
  const rows = await rules(db)
    .where("listenerArn", "=", listenerArn)
    .where("priority", ">", afterPriority)
    .orderBy("priority")
    .limit(limit)
    .execute();
  return rows.map(rule);
}

/** The rules of all listeners of a load balancer, those of each in the order of their priorities. */
export async function listRulesOfBalancer(db: Db, loadBalancerArn: LoadBalancerArn): Promise<Rule[]> {
  const rows = await rules(db)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("listenerArn")
    .orderBy("priority")
    .execute();
  return rows.map(rule);
}

/** How many rules the listeners of a load balancer have, counted no further than to `most`. */
export async function countRules(db: Db, loadBalancerArn: LoadBalancerArn, most: number): Promise<number> {
  const { found } = await db
    .selectFrom((from) =>
      from
        .selectFrom("listenerRules")
        .select("arn")
        .where("loadBalancerArn", "=", loadBalancerArn)
        .limit(most)
        .as("some"),
    )
    .select((row) => row.fn.countAll<number | string>().as("found"))
    .executeTakeFirstOrThrow();
  return Number(found);
}

/** Removes a rule with its rows of target groups. */
export async function removeRule(tx: Tx, arn: RuleArn): Promise<void> {
  await tx.deleteFrom("listenerTargetGroups").where("ruleArn", "=", arn).execute();
  await tx.deleteFrom("listenerRules").where("arn", "=", arn).execute();
}

function rules(db: Db) {
  return db
    .selectFrom("listenerRules")
    .select(["arn", "listenerArn", "loadBalancerArn", "priority", "conditions", "actions", "transforms"]);
}

function contents({ conditions, actions, transforms }: Rule) {
  return {
    conditions: JSON.stringify(conditions),
    actions: JSON.stringify(actions),
    transforms: JSON.stringify(transforms),
  };
}

interface Row {
  readonly arn: string;
  readonly listenerArn: string;
  readonly loadBalancerArn: string;
  readonly priority: number;
  readonly conditions: string;
  readonly actions: string;
  readonly transforms: string;
}

function rule(row: Row): Rule {
  return {
    arn: row.arn as RuleArn,
    listenerArn: row.listenerArn as ListenerArn,
    loadBalancerArn: row.loadBalancerArn as LoadBalancerArn,
    priority: row.priority,
    conditions: JSON.parse(row.conditions) as EdgeCondition[],
    actions: JSON.parse(row.actions) as OrderedAction[],
    transforms: JSON.parse(row.transforms) as EdgeTransform[],
  };
}
