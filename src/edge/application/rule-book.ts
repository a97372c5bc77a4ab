import type { EdgeCondition } from "#domain/edge-config.ts";
import type { Asked } from "./asked.ts";
import { type Condition, compileCondition } from "./conditions.ts";
import { isLiteral } from "./glob.ts";

/** The rules of a listener, ready to be asked. */
export interface RuleBook<Rule> {
  /** The first rule whose conditions hold; the last one holds always. */
  find(asked: Asked): Found<Rule>;
}

export interface Found<Rule> {
  readonly rule: Rule;
  /** How many rules come up to it, itself included: what `RuleEvaluations` counts. The default rule does not count. */
  readonly evaluations: number;
}

export interface RuleToCompile<Rule> {
  readonly conditions: readonly EdgeCondition[];
  readonly rule: Rule;
}

/**
 * Compiles rules, which come in the order of their priorities. Those that are for certain hosts are found by the host, so
 * that a request looks at those of its own host and at those for any host only, however many there are.
 */
export function ruleBook<Rule>(rules: readonly RuleToCompile<Rule>[], standard: Rule): RuleBook<Rule> {
  const byHost = new Map<string, Entry<Rule>[]>();
  const anywhere: Entry<Rule>[] = [];
  rules.forEach(({ conditions, rule }, at) => {
    const hosts = exactHosts(conditions);
    const rest = hosts ? conditions.filter(({ field }) => field !== "host-header") : conditions;
    const entry: Entry<Rule> = { at, conditions: cheapestFirst(rest), found: { rule, evaluations: at + 1 } };
    if (!hosts) anywhere.push(entry);
    for (const host of hosts ?? []) {
      const known = byHost.get(host);
      if (known) known.push(entry);
      else byHost.set(host, [entry]);
    }
  });
  const otherwise: Found<Rule> = { rule: standard, evaluations: rules.length };
  return {
    find(asked) {
      const own = byHost.size > 0 ? (byHost.get(asked.host) ?? NONE) : NONE;
      // Two lists in the order of priority, walked through as one.
      for (let mine = 0, any = 0; ; ) {
        const [one, other] = [own[mine] as Entry<Rule> | undefined, anywhere[any]];
        if (!one && !other) return otherwise;
        const next = !other || (one && one.at < other.at) ? one : other;
        if (next === one) mine += 1;
        else any += 1;
        if (next && holds(next.conditions, asked)) return next.found;
      }
    },
  };
}

interface Entry<Rule> {
  readonly at: number;
  readonly conditions: readonly Condition[];
  readonly found: Found<Rule>;
}

function holds(conditions: readonly Condition[], asked: Asked): boolean {
  for (const condition of conditions) if (!condition(asked)) return false;
  return true;
}

/** The hosts that a rule is for, if it names them without wildcards. */
function exactHosts(conditions: readonly EdgeCondition[]): readonly string[] | undefined {
  const [condition, ...more] = conditions.filter(({ field }) => field === "host-header");
  if (condition?.field !== "host-header" || more.length > 0) return undefined;
  if (condition.regexes.length > 0 || !condition.values.every(isLiteral)) return undefined;
  return [...new Set(condition.values.map((host) => host.toLowerCase()))];
}

/** All of them must hold, so the order is ours. */
function cheapestFirst(conditions: readonly EdgeCondition[]): Condition[] {
  return conditions.toSorted((a, b) => COST[a.field] - COST[b.field]).map(compileCondition);
}

const COST: Readonly<Record<EdgeCondition["field"], number>> = {
  "http-request-method": 0,
  "host-header": 1,
  "path-pattern": 2,
  "source-ip": 3,
  "http-header": 4,
  "query-string": 5,
};
const NONE: readonly never[] = [];
