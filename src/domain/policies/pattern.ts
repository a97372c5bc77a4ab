import { type Facts, factsFor } from "./facts.ts";

/**
 * Text with `*` (any characters, also none), `?` (any one) and variables (`${aws:username}`, `${aws:PrincipalTag/team, 'none'}`;
 * `${*}`, `${?}` and `${$}` stand for themselves).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export type Pattern = readonly Piece[];

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "many" | "one" }
  | { readonly kind: "variable"; readonly key: string; readonly fallback: string | undefined };

/** Reads a pattern; in policies older than 2012-10-17 there are no variables. Undefined when a variable is not well-formed. */
export function readPattern(text: string, { variables }: { readonly variables: boolean }): Pattern | undefined {
  const pieces: Piece[] = [];
  for (const [token] of text.matchAll(variables ? WITH_VARIABLES : PLAIN)) {
    const piece = readPiece(token, variables);
    if (!piece) return undefined;
    pieces.push(piece);
  }
  return pieces;
}

function readPiece(token: string, variables: boolean): Piece | undefined {
  if (token === "*") return MANY;
  if (token === "?") return ONE;
  if (!variables || !token.startsWith("${")) return { kind: "text", text: token };
  const [, key = "", fallback] = VARIABLE.exec(token) ?? [];
  if (key === "*" || key === "?" || key === "$") return { kind: "text", text: key };
  return key === "" ? undefined : { kind: "variable", key, fallback };
}

/** A pattern whose variables have got their values; these stand for themselves, whatever characters they have. */
export type Resolved = readonly Exclude<Piece, { readonly kind: "variable" }>[];

/** Undefined when a variable has no value, or several: then nothing matches. */
export function resolve(pattern: Pattern, facts: Facts): Resolved | undefined {
  const pieces: Resolved[number][] = [];
  for (const piece of pattern) {
    if (piece.kind !== "variable") {
      pieces.push(piece);
      continue;
    }
    const values = factsFor(facts, piece.key);
    const text = values === undefined ? piece.fallback : values.length === 1 ? values[0] : undefined;
    if (text === undefined) return undefined;
    pieces.push({ kind: "text", text });
  }
  return pieces;
}

/** Whether all of a text is what a pattern says; in time of pattern times text at most. */
export function matches(pattern: Resolved, text: string): boolean {
  const symbols = pattern.flatMap((piece): readonly (string | symbol)[] =>
    piece.kind === "text" ? Array.from(piece.text) : [piece.kind === "many" ? ANY_MANY : ANY_ONE],
  );
  const characters = Array.from(text);
  let at = 0;
  let next = 0;
  let star = -1;
  let retry = 0;
  while (at < characters.length) {
    const symbol = symbols[next];
    if (symbol === ANY_MANY) {
      star = next++;
      retry = at;
    } else if (symbol !== undefined && (symbol === ANY_ONE || symbol === characters[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1; // the last `*` takes one character more
      at = ++retry;
    } else return false;
  }
  return symbols.slice(next).every((symbol) => symbol === ANY_MANY);
}

/** A pattern in lower case, for what has no case. */
export function lowerCase(pattern: Pattern): Pattern {
  return pattern.map((piece) => (piece.kind === "text" ? { ...piece, text: piece.text.toLowerCase() } : piece));
}

/** The text of a pattern that is resolved and has no wildcards; its wildcards as they were written. */
export function textOf(pattern: Resolved): string {
  return pattern.map((piece) => (piece.kind === "text" ? piece.text : piece.kind === "many" ? "*" : "?")).join("");
}

const MANY: Piece = { kind: "many" };
const ONE: Piece = { kind: "one" };
const ANY_MANY = Symbol("*");
const ANY_ONE = Symbol("?");
const PLAIN = /\*|\?|[^*?]+/g;
const WITH_VARIABLES = /\$\{[^}]*\}?|\*|\?|\$|[^*?$]+/g;
/** A condition key and, behind a comma, a value for when it is not known. */
const VARIABLE = /^\$\{\s*([A-Za-z0-9:/._@+=-]+|[*?$])\s*(?:,\s*'([^']*)'\s*)?\}$/;
