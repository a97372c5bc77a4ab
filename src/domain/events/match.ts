import type { Leaf, Matcher } from "./matchers.ts";
import type { EventPattern, PatternNode } from "./pattern.ts";
import { isObject } from "./pattern-problem.ts";

/**
 * Whether an event matches a pattern. Lists in the event are looked through: a field matches when one of its values does,
 * and all that is asked of the objects in a list must hold for one and the same of them.
 */
export function matches({ branches }: EventPattern, event: Readonly<Record<string, unknown>>): boolean {
  const whole = withoutDots(event);
  const present = new Set<string>();
  notePaths(whole, "", present);
  return branches.some((branch) => nodeMatches(branch, whole, "", present));
}

function nodeMatches(node: PatternNode, value: unknown, path: string, present: ReadonlySet<string>): boolean {
  if (node.matchers && !leafMatches(node.matchers, value, path, present)) return false;
  if (node.fields.size === 0) return true;
  if (Array.isArray(value) && value.length > 0) {
    return value.some((element) => fieldsMatch(node, element, path, present));
  }
  return fieldsMatch(node, value, path, present);
}

function fieldsMatch(node: PatternNode, value: unknown, path: string, present: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return nodeMatches({ fields: node.fields }, value, path, present);
  for (const [name, field] of node.fields) {
    const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (!nodeMatches(field, inner, `${path}.${name}`, present)) return false;
  }
  return true;
}

function leafMatches(
  matchers: readonly Matcher[],
  value: unknown,
  path: string,
  present: ReadonlySet<string>,
): boolean {
  return matchers.some((matcher) =>
    // Absent means absent from the whole event, not only from the object in a list that is looked at.
    matcher.kind === "absent" ? !present.has(path) : someLeaf(value, matcher.matches),
  );
}

function someLeaf(value: unknown, fits: (leaf: Leaf) => boolean): boolean {
  if (Array.isArray(value)) return value.some((element) => someLeaf(element, fits));
  return value !== undefined && !isObject(value) && fits(value as Leaf);
}

/** Every path at which a value stands that is neither an object nor a list. */
function notePaths(value: unknown, path: string, present: Set<string>): void {
  if (Array.isArray(value)) for (const element of value) notePaths(element, path, present);
  else if (isObject(value))
    for (const [name, inner] of Object.entries(value)) notePaths(inner, `${path}.${name}`, present);
  else present.add(path);
}

/** `{"a.b": 1}` as `{"a": {"b": 1}}`, which is the same to a pattern. */
function withoutDots(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDots);
  if (!isObject(value)) return value;
  const result = new Map<string, unknown>();
  for (const [name, inner] of Object.entries(value)) {
    const [first = "", ...rest] = name.split(".");
    const nested = rest.reduceRight<unknown>((below, part) => ({ [part]: below }), withoutDots(inner));
    result.set(first, result.has(first) ? merged(result.get(first), nested) : nested);
  }
  return Object.fromEntries(result);
}

function merged(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return [one, other].flat();
  const result = new Map(Object.entries(one));
  for (const [name, inner] of Object.entries(other)) {
    result.set(name, result.has(name) ? merged(result.get(name), inner) : inner);
  }
  return Object.fromEntries(result);
}
