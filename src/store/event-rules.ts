import type { Insertable, Selectable, Updateable } from "kysely";
import type { Owner } from "#domain/names.ts";
import { behind, type NamePage } from "./name-page.ts";
import type { Db, Tx } from "./store.ts";
import type { EventTables } from "./tables/events.ts";

export type RuleRow = Selectable<EventTables["eventRules"]>;
export type TargetRow = Selectable<EventTables["eventTargets"]>;

/** Makes a rule, or gives the one of its name new contents. */
export async function putRuleRow(tx: Tx, rule: Insertable<EventTables["eventRules"]>): Promise<void> {
  const { pattern, state, description, roleArn } = rule;
  await tx
    .insertInto("eventRules")
    .values(rule)
    .onConflict((conflict) =>
      conflict.columns(["account", "region", "name"]).doUpdateSet({ pattern, state, description, roleArn }),
    )
    .execute();
}

export function findRule(db: Db, { account, region }: Owner, name: string): Promise<RuleRow | undefined> {
  return db
    .selectFrom("eventRules")
    .select(RULE)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .executeTakeFirst();
}

/** The same, and nobody else changes the rule or its targets until this transaction ends. */
export function holdRule(tx: Tx, { account, region }: Owner, name: string): Promise<RuleRow | undefined> {
  return tx
    .updateTable("eventRules")
    .set((own) => ({ state: own.ref("state") }))
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning(RULE)
    .executeTakeFirst();
}

/** False when there is no such rule. */
export async function changeRule(
  tx: Tx,
  { account, region }: Owner,
  name: string,
  change: Updateable<EventTables["eventRules"]>,
): Promise<boolean> {
  const row = await tx
    .updateTable("eventRules")
    .set(change)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteRuleRow(tx: Tx, { account, region }: Owner, name: string): Promise<void> {
  await tx
    .deleteFrom("eventRules")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .execute();
}

/** One page of an owner's rules, in the order of their names. */
export function pageRules(db: Db, { account, region }: Owner, page: NamePage): Promise<RuleRow[]> {
  return db
    .selectFrom("eventRules")
    .select(RULE)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", ">", page.after)
    .where("name", ">=", page.prefix)
    .where("name", "<", behind(page.prefix))
    .orderBy("name")
    .limit(page.limit)
    .execute();
}

export async function countRules(db: Db, { account, region }: Owner): Promise<number> {
  const row = await db
    .selectFrom("eventRules")
    .select((own) => own.fn.countAll<number | string>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Every target of every rule that is not disabled, with what its rule asks for. */
export function listeningTargets(
  db: Db,
  { account, region }: Owner,
): Promise<{ readonly key: string; readonly pattern: string; readonly rule: string }[]> {
  return db
    .selectFrom("eventRules")
    .innerJoin("eventTargets", (join) =>
      join
        .onRef("eventTargets.account", "=", "eventRules.account")
        .onRef("eventTargets.region", "=", "eventRules.region")
        .onRef("eventTargets.rule", "=", "eventRules.name"),
    )
    .select(["eventTargets.key", "eventRules.pattern", "eventRules.name as rule"])
    .where("eventRules.account", "=", account)
    .where("eventRules.region", "=", region)
    .where("eventRules.state", "!=", "DISABLED")
    .orderBy("eventRules.name")
    .orderBy("eventTargets.id")
    .execute();
}

/** Adds a target to a rule, or gives the one of its id new contents; its key stays then. */
export async function putTargetRow(tx: Tx, target: Insertable<EventTables["eventTargets"]>): Promise<void> {
  const { key: _, account: _a, region: _r, rule: _u, id: _i, ...contents } = target;
  await tx
    .insertInto("eventTargets")
    .values(target)
    .onConflict((conflict) => conflict.columns(["account", "region", "rule", "id"]).doUpdateSet(contents))
    .execute();
}

export function findTarget(db: Db, key: string): Promise<TargetRow | undefined> {
  return db.selectFrom("eventTargets").select(TARGET).where("key", "=", key).executeTakeFirst();
}

/** The targets of a rule, in the order of their ids. */
export function targetsOfRule(
  db: Db,
  { account, region }: Owner,
  rule: string,
  after: string,
  limit: number,
): Promise<TargetRow[]> {
  return db
    .selectFrom("eventTargets")
    .select(TARGET)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("rule", "=", rule)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Removes a target and answers its key; undefined when there is none of that id. */
export async function deleteTargetRow(
  tx: Tx,
  { account, region }: Owner,
  rule: string,
  id: string,
): Promise<string | undefined> {
  const row = await tx
    .deleteFrom("eventTargets")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("rule", "=", rule)
    .where("id", "=", id)
    .returning("key")
    .executeTakeFirst();
  return row?.key;
}

/** The names of the rules that have a target of this ARN, in order. */
export async function rulesOfTarget(
  db: Db,
  { account, region }: Owner,
  arn: string,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("eventTargets")
    .select("rule")
    .distinct()
    .where("account", "=", account)
    .where("region", "=", region)
    .where("arn", "=", arn)
    .where("rule", ">", after)
    .orderBy("rule")
    .limit(limit)
    .execute();
  return rows.map(({ rule }) => rule);
}

const RULE = ["account", "region", "name", "pattern", "state", "description", "roleArn", "createdAt"] as const;
const TARGET = [
  "key",
  "account",
  "region",
  "rule",
  "id",
  "arn",
  "input",
  "inputPath",
  "inputTransformer",
  "httpParameters",
  "roleArn",
  "retryAttempts",
  "retryAge",
] as const;
