import { eventArn } from "#domain/events/arns.ts";
import { parsePattern } from "#domain/events/pattern.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  changeRule,
  countRules,
  deleteRuleRow,
  findRule,
  holdRule,
  pageRules,
  putRuleRow,
  type RuleRow,
  targetsOfRule,
} from "#store/event-rules.ts";
import { deleteEventTags, writeEventTags } from "#store/event-tags.ts";
import type { EventDeps } from "./deps.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";
import { checkTags, type EventTag } from "./tags.ts";

export interface NewRule {
  readonly name: string;
  readonly pattern: string;
  readonly state: RuleRow["state"];
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  /** Only for a rule that is new: those of one that is there stay. */
  readonly tags: readonly EventTag[];
}

/** A rule as its users see it. */
export interface Rule extends RuleRow {
  readonly arn: string;
}

/** Makes a rule or replaces the one of its name; answers its ARN. Throws `event-pattern-invalid` and `event-limit-exceeded`. */
export async function putRule(rule: NewRule, owner: Owner, { store, clock }: EventDeps): Promise<string> {
  parsePattern(rule.pattern);
  checkTags(rule.tags);
  const { account, region } = owner;
  const { name, pattern, state } = rule;
  const arn = eventArn(owner, { kind: "rule", name });
  await store.transaction().execute(async (tx) => {
    const isNew = (await holdRule(tx, owner, name)) === undefined;
    if (isNew && (await countRules(tx, owner)) >= MOST_RULES) {
      throw new Refusal(
        "event-limit-exceeded",
        `The event bus has ${MOST_RULES} rules, which is as many as it can have.`,
      );
    }
    await putRuleRow(tx, {
      account,
      region,
      name,
      pattern,
      state,
      description: rule.description ?? null,
      roleArn: rule.roleArn ?? null,
      createdAt: clock.now().getTime(),
    });
    if (isNew) await writeEventTags(tx, arn, rule.tags);
  });
  return arn;
}

/** Throws `event-resource-not-found`. */
export async function describeRule(name: string, owner: Owner, { store }: EventDeps): Promise<Rule> {
  const rule = await findRule(store, owner, name);
  if (!rule) throw noRule(name);
  return shown(rule);
}

export async function listRules(request: PageRequest, owner: Owner, { store }: EventDeps): Promise<Page<Rule>> {
  const page = await pageOf(
    "rules",
    request,
    ({ name }: RuleRow) => name,
    (part) => pageRules(store, owner, part),
  );
  return { ...page, items: page.items.map(shown) };
}

/** Lets events through, or no longer. Throws `event-resource-not-found`. */
export async function setRuleState(
  name: string,
  state: "ENABLED" | "DISABLED",
  owner: Owner,
  { store }: EventDeps,
): Promise<void> {
  const found = await store.transaction().execute((tx) => changeRule(tx, owner, name, { state }));
  if (!found) throw noRule(name);
}

/** Deletes a rule, if there is one. Throws `event-value-invalid` while it has targets. */
export async function deleteRule(name: string, owner: Owner, { store }: EventDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    if (!(await holdRule(tx, owner, name))) return;
    if ((await targetsOfRule(tx, owner, name, "", 1)).length > 0) {
      throw new Refusal("event-value-invalid", "Rule can't be deleted since it has targets.");
    }
    await deleteRuleRow(tx, owner, name);
    await deleteEventTags(tx, eventArn(owner, { kind: "rule", name }));
  });
}

export function noRule(name: string): Refusal {
  return new Refusal("event-resource-not-found", `Rule ${name} does not exist on EventBus default.`);
}

function shown(rule: RuleRow): Rule {
  return { ...rule, arn: eventArn(rule, { kind: "rule", name: rule.name }) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_RULES = 300;
