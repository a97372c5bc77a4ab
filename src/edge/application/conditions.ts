import type { EdgeCondition } from "#domain/edge-config.ts";
import type { Withheld } from "#edge/http/fields.ts";
import { linearRegex } from "#lib/regex/linear-regex.ts";
import { RegexError } from "#lib/regex/syntax.ts";
import type { Asked } from "./asked.ts";
import { glob, type Match } from "./glob.ts";
import { isIn, parseNetwork } from "./networks.ts";

export type Condition = (asked: Asked) => boolean;

/**
 * Compiles a condition: one of its values or regular expressions must match.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function compileCondition(condition: EdgeCondition): Condition {
  switch (condition.field) {
    case "host-header": {
      const match = anyOf([...globs(lower(condition.values)), ...regexes(condition.regexes, true)]);
      return ({ host }) => match(host);
    }
    case "path-pattern": {
      const match = anyOf([...globs(condition.values), ...regexes(condition.regexes, false)]);
      return ({ path }) => match(path);
    }
    case "http-header":
      return headerCondition(condition);
    case "http-request-method": {
      const methods = new Set(condition.values);
      return ({ method }) => methods.has(method);
    }
    case "query-string": {
      const tests = condition.values.map(({ key, value }) => ({
        key: key === undefined ? undefined : glob(key.toLowerCase(), { escapes: true }),
        value: glob(value.toLowerCase(), { escapes: true }),
      }));
      return ({ query }) =>
        query.some((pair) => tests.some(({ key, value }) => value(pair.value) && (!key || key(pair.key))));
    }
    case "source-ip": {
      const networks = condition.values.map(parseNetwork).filter((network) => network !== undefined);
      return ({ address }) => networks.some((network) => isIn(address, network));
    }
  }
}

/** Values compare without regard to case, regular expressions as they are written. Targets get less to see than conditions. */
function headerCondition({
  name,
  values,
  regexes: patterns,
}: Extract<EdgeCondition, { field: "http-header" }>): Condition {
  const key = name.toLowerCase();
  const value = anyOf(globs(lower(values)));
  const regex = patterns.length > 0 ? anyOf(regexes(patterns, false)) : undefined;
  const plain = values.length > 0;
  const saysIt = (fields: readonly Withheld[]): boolean => {
    for (const field of fields) {
      if (field.key !== key) continue;
      if (plain && value(field.value.toLowerCase())) return true;
      if (regex?.(field.value) === true) return true;
    }
    return false;
  };
  return ({ fields, withheld }) => saysIt(fields) || saysIt(withheld);
}

function globs(values: readonly string[]): Match[] {
  return values.map((value) => glob(value));
}

/** A pattern that does not compile matches nothing: the control plane refuses it before it comes here. */
function regexes(patterns: readonly string[], ignoreCase: boolean): Match[] {
  return patterns.map((pattern) => {
    try {
      const regex = linearRegex(pattern, { ignoreCase });
      return (text) => regex.test(text);
    } catch (error) {
      if (error instanceof RegexError) return () => false;
      throw error;
    }
  });
}

function anyOf(matches: readonly Match[]): Match {
  const [only] = matches;
  if (only && matches.length === 1) return only;
  return (text) => {
    for (const match of matches) if (match(text)) return true;
    return false;
  };
}

function lower(values: readonly string[]): string[] {
  return values.map((value) => value.toLowerCase());
}
