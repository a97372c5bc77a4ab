import type { EdgeCondition } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import { parseIpNetwork } from "#lib/ip-network.ts";
import { QUOTAS } from "./quotas.ts";
import { checkRegex } from "./regexes.ts";

/**
 * Throws `balancer-input-invalid` for conditions that a rule cannot have, each alone and together.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function checkConditions(conditions: readonly EdgeCondition[]): void {
  if (conditions.length === 0) throw refuse("A condition must be specified");
  for (const field of ONCE) {
    if (conditions.filter((condition) => condition.field === field).length > 1) {
      throw refuse(`A rule can only have one '${field}' condition`);
    }
  }
  for (const condition of conditions) checkCondition(condition);
  const values = conditions.reduce((sum, condition) => sum + countValues(condition), 0);
  if (values > QUOTAS.valuesPerRule) {
    throw refuse(`A rule can only have '${QUOTAS.valuesPerRule}' condition values, not ${values}`);
  }
  const wildcards = conditions.flatMap(patternsOf).reduce((sum, pattern) => sum + countWildcards(pattern), 0);
  if (wildcards > QUOTAS.wildcardsPerRule) {
    throw refuse(`A rule can only have '${QUOTAS.wildcardsPerRule}' condition wildcards, not ${wildcards}`);
  }
}

function checkCondition(condition: EdgeCondition): void {
  if (countValues(condition) === 0) throw refuse(`A value must be specified for the '${condition.field}' condition`);
  switch (condition.field) {
    case "host-header":
      for (const value of condition.values) checkHost(value);
      break;
    case "path-pattern":
      for (const value of condition.values) checkPath(value);
      break;
    case "http-header":
      checkHeaderName(condition.name);
      for (const value of condition.values) checkText(condition.field, value);
      break;
    case "http-request-method":
      for (const value of condition.values) checkMethod(value);
      break;
    case "query-string":
      for (const { key, value } of condition.values) {
        if (key !== undefined) checkText("query-string", key);
        checkText("query-string", value);
      }
      break;
    case "source-ip":
      for (const value of condition.values) checkNetwork(value);
  }
  for (const pattern of patternsOf(condition)) {
    if (countWildcards(pattern) > QUOTAS.wildcardsPerValue) {
      throw refuse(`The condition value '${pattern}' can only have '${QUOTAS.wildcardsPerValue}' wildcards`);
    }
  }
  if ("regexes" in condition) for (const regex of condition.regexes) checkRegex(regex, QUOTAS.conditionCharacters);
}

function checkHost(value: string): void {
  length("host-header", value);
  if (!/^[A-Za-z0-9._*?-]+$/.test(value)) {
    throw refuse(
      `The host name '${value}' can only contain A-Z, a-z, 0-9, '-', '.', '_' and the wildcards '*' and '?'`,
    );
  }
  // Names in other alphabets end in `xn--…`, which has digits and hyphens.
  if (!/\.(?:[A-Za-z*?]+|xn--[A-Za-z0-9-]+)$/i.test(value)) {
    throw refuse(`The host name '${value}' must contain a '.', and only letters after the last one`);
  }
}

function checkPath(value: string): void {
  length("path-pattern", value);
  if (!/^[A-Za-z0-9_\-.$/~"'@:+&*?]+$/.test(value)) {
    throw refuse(
      `The path pattern '${value}' can only contain A-Z, a-z, 0-9, the characters _-.$/~"'@:+& and wildcards`,
    );
  }
}

function checkHeaderName(name: string): void {
  if (!/^[!#$%&'*+.^`|~\w-]{1,40}$/.test(name)) {
    throw refuse(`The HTTP header name '${name.slice(0, 64)}' must be a header's, of at most 40 characters`);
  }
  if (name.toLowerCase() === "host") {
    throw refuse("The Host header cannot be specified in an 'http-header' condition: use a 'host-header' condition");
  }
}

function checkMethod(value: string): void {
  if (!/^[A-Z_-]{1,40}$/.test(value)) {
    throw refuse(`The HTTP request method '${value.slice(0, 64)}' can only contain A-Z, '-' and '_', up to 40 of them`);
  }
}

function checkNetwork(value: string): void {
  if (!value.includes("/") || !parseIpNetwork(value)) {
    throw refuse(`The source IP '${value.slice(0, 64)}' must be in CIDR format, for example 192.0.2.0/24`);
  }
}

function checkText(field: string, value: string): void {
  length(field, value);
  if (!/^[\x20-\x7e]+$/.test(value)) {
    throw refuse(`The value of a '${field}' condition can only contain visible ASCII characters`);
  }
}

function length(field: string, value: string): void {
  if (value === "") throw refuse(`The value of a '${field}' condition cannot be empty`);
  if (value.length > QUOTAS.conditionCharacters) {
    throw refuse(
      `The value of a '${field}' condition cannot be longer than '${QUOTAS.conditionCharacters}' characters`,
    );
  }
}

/** The values in which `*` and `?` stand for others. */
function patternsOf(condition: EdgeCondition): readonly string[] {
  switch (condition.field) {
    case "http-request-method":
    case "source-ip":
      return [];
    case "query-string":
      return condition.values.flatMap(({ key, value }) => (key === undefined ? [value] : [key, value]));
    default:
      return condition.values;
  }
}

function countValues(condition: EdgeCondition): number {
  return condition.values.length + ("regexes" in condition ? condition.regexes.length : 0);
}

/** A backslash takes the meaning from what follows it. */
function countWildcards(pattern: string): number {
  return pattern.replaceAll(/\\./g, "").match(/[*?]/g)?.length ?? 0;
}

function refuse(message: string): Refusal {
  return new Refusal("balancer-input-invalid", message);
}

const ONCE: readonly EdgeCondition["field"][] = ["host-header", "path-pattern", "http-request-method", "source-ip"];
