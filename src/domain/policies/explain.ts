import { jsonSpans } from "#lib/json-spans.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import { type AccessRequest, applies } from "./evaluate.ts";
import { type Facts, factsFor } from "./facts.ts";
import type { Pattern } from "./pattern.ts";

/** Which statement of which of several policies: both count from 0. */
export interface StatementPlace {
  readonly policy: number;
  readonly statement: number;
}

/** The statements of that effect that speak of a request. */
export function statementsAbout(
  request: AccessRequest,
  policies: readonly PolicyDocument[],
  effect: Statement["effect"],
): readonly StatementPlace[] {
  return policies.flatMap(({ statements }, policy) =>
    statements.flatMap((one, statement) =>
      one.effect === effect && applies(one, request) ? [{ policy, statement }] : [],
    ),
  );
}

/** The condition keys that policies ask for, as conditions or as variables, and that are not known; each once. */
export function unknownKeys(policies: readonly PolicyDocument[], facts: Facts): readonly string[] {
  const asked = policies.flatMap(({ statements }) => statements.flatMap(keysOf));
  const missing = asked.filter((key) => factsFor(facts, key) === undefined);
  return [...new Map(missing.map((key) => [key.toLowerCase(), key])).values()].toSorted();
}

function keysOf({ resources, conditions }: Statement): readonly string[] {
  const patterns = [...(resources?.patterns ?? []), ...conditions.flatMap(({ values }) => values)];
  return [...conditions.map(({ key }) => key), ...patterns.flatMap(variablesOf)];
}

function variablesOf(pattern: Pattern): readonly string[] {
  return pattern.flatMap((piece) => (piece.kind === "variable" && piece.fallback === undefined ? [piece.key] : []));
}

/** Line and column, from 1 on. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where the statements of a policy stand. IAM counts from behind what stands before a statement (a bracket, a comma) up to
 * behind its closing brace (the example of `aws iam simulate-principal-policy help`).
 */
export function statementPositions(
  policy: string,
): readonly { readonly start: TextPosition; readonly end: TextPosition }[] {
  const root = jsonSpans(policy);
  const found = root.kind === "object" ? root.members.get("Statement") : undefined;
  const statements = found?.kind === "list" ? found.items : found ? [found] : [];
  return statements.map(({ start, end }) => ({
    start: positionAt(policy, policy.slice(0, start).trimEnd().length),
    end: positionAt(policy, end),
  }));
}

function positionAt(text: string, index: number): TextPosition {
  const lines = text.slice(0, index).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
