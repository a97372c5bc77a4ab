import type { Facts } from "./facts.ts";
import { factsFor } from "./facts.ts";
import { OPERATORS, type Operator } from "./operators.ts";
import { type Pattern, type Resolved, resolve } from "./pattern.ts";

/** One condition key under one operator: `"StringEquals": { "kms:ViaService": ["acm.us-east-1.amazonaws.com"] }`. */
export interface Condition {
  readonly operator: Operator;
  /** How a key with several values is judged; undefined for keys that have one. */
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  /** Holds also when the key is not known. */
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly Pattern[];
}

/**
 * Whether a condition holds; `unsure` is the answer where nothing must match and a variable has no value.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
export function holds(
  { operator, quantifier, ifExists, key, values }: Condition,
  facts: Facts,
  unsure: boolean,
): boolean {
  const known = factsFor(facts, key);
  const asked = values.map((pattern) => resolve(pattern, facts)).filter((pattern) => pattern !== undefined);
  const isSure = asked.length === values.length;
  if (operator === "Null") return asked.some((pattern) => isNull(pattern) === (known === undefined));
  const { negated, matches } = OPERATORS[operator];
  const matchesOne = (value: string): boolean => asked.some((pattern) => matches(pattern, value));
  const fits = (value: string): boolean => (negated ? !matchesOne(value) && (isSure || unsure) : matchesOne(value));
  if (quantifier === "ForAllValues") return (known ?? []).every(fits);
  if (known === undefined) return ifExists || (negated && quantifier === undefined);
  if (quantifier === "ForAnyValue") return known.some(fits);
  return negated ? known.every(fits) : known.some(fits);
}

const isNull = (pattern: Resolved): boolean => OPERATORS.Bool.matches(pattern, "true");
