import type { Matched, PolicyDocument, Statement } from "./document.ts";
import { type Facts, factsFor } from "./facts.ts";
import type { Pattern } from "./pattern.ts";

/**
 * How much work it is at most to judge a request by policies and to tell why, in comparisons of two characters: so much
 * for each character of its action, so much for each of its resource, and so much besides.
 */
export interface Effort {
  readonly perActionCharacter: number;
  readonly perResourceCharacter: number;
  readonly besides: number;
}

/** A pattern takes the time of pattern times text at most (`matches`). */
export function effortOf(policies: readonly PolicyDocument[], facts: Facts): Effort {
  const statements = policies.flatMap((policy) => policy.statements);
  return {
    perActionCharacter: sum(statements, ({ actions }) => sizeOf(actions, facts)),
    perResourceCharacter: sum(statements, ({ resources }) => (resources ? sizeOf(resources, facts) : 0)),
    besides: sum(statements, (statement) => SHOWN_STATEMENT + conditionsOf(statement, facts)),
  };
}

function conditionsOf({ conditions }: Statement, facts: Facts): number {
  return sum(conditions, ({ key, values }) => {
    const known = sum(factsFor(facts, key) ?? [], (value) => value.length + 1);
    return SHOWN_KEY + key.length + sum(values, (pattern) => lengthOf(pattern, facts)) * Math.max(known, 1);
  });
}

function sizeOf({ patterns }: Matched, facts: Facts): number {
  return sum(patterns, (pattern) => lengthOf(pattern, facts));
}

/** With the values of its variables. */
function lengthOf(pattern: Pattern, facts: Facts): number {
  return sum(pattern, (piece) => {
    if (piece.kind === "text") return piece.text.length;
    if (piece.kind !== "variable") return 1;
    const [value = piece.fallback ?? ""] = factsFor(facts, piece.key) ?? [];
    return SHOWN_KEY + piece.key.length + value.length;
  });
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** What it takes to show a statement that decides, and a key that is not known. */
const SHOWN_STATEMENT = 1000;
const SHOWN_KEY = 100;
