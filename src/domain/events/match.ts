import type { Leaf, Matcher } from "./matchers.ts";
import type { EventPattern, PatternNode } from "./pattern.ts";
import { isObject } from "./pattern-problem.ts";

/**
 * Whether an event matches a pattern. Lists in the event are looked through: a field matches when one of its values does,
 * and all that is asked of the objects in a list must hold for one and the same of them.
 */
export function matches({ branches }: EventPattern, event: Readonly<Record<string, unknown>>): boolean {
  const whole = withoutDots(event, 0);
  const known = new Map<string, boolean>();
  const isPresent: IsPresent = (path) => {
    const found = known.get(path) ?? standsAt(whole, path.split(".").slice(1));
    known.set(path, found);
    return found;
  };
  return branches.some((branch) => nodeMatches(branch, whole, "", isPresent));
}

/** Whether something stands at a path of the whole event. */
type IsPresent = (path: string) => boolean;

function nodeMatches(node: PatternNode, value: unknown, path: string, isPresent: IsPresent): boolean {
  if (node.matchers && !leafMatches(node.matchers, value, path, isPresent)) return false;
  if (node.fields.size === 0) return true;
  if (Array.isArray(value) && value.length > 0) {
    return value.some((element) => fieldsMatch(node, element, path, isPresent));
  }
  return fieldsMatch(node, value, path, isPresent);
}

function fieldsMatch(node: PatternNode, value: unknown, path: string, isPresent: IsPresent): boolean {
  if (Array.isArray(value)) return nodeMatches({ fields: node.fields }, value, path, isPresent);
  for (const [name, field] of node.fields) {
    const inner: unknown = value instanceof Map ? value.get(name) : undefined;
    if (!nodeMatches(field, inner, `${path}.${name}`, isPresent)) return false;
  }
  return true;
}

function leafMatches(matchers: readonly Matcher[], value: unknown, path: string, isPresent: IsPresent): boolean {
  return matchers.some((matcher) =>
    // Absent means absent from the whole event, not only from the object in a list that is looked at.
    matcher.kind === "absent" ? !isPresent(path) : someLeaf(value, matcher.matches),
  );
}

function someLeaf(value: unknown, fits: (leaf: Leaf) => boolean): boolean {
  if (Array.isArray(value)) return value.some((element) => someLeaf(element, fits));
  return value !== undefined && !isObject(value) && fits(value as Leaf);
}

/** Whether a value stands there that is neither an object nor a list. */
function standsAt(value: unknown, names: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((element) => standsAt(element, names));
  const [name, ...rest] = names;
  if (name === undefined) return value !== undefined && !isObject(value);
  return value instanceof Map && value.has(name) && standsAt(value.get(name), rest);
}

/** An object of the event, in which no name has dots. */
type Fields = Map<string, unknown>;

/** `{"a.b": 1}` as `{"a": {"b": 1}}`, which is the same to a pattern. */
function withoutDots(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.map((element) => withoutDots(element, depth + 1));
  if (!isObject(value)) return value;
  const result: Fields = new Map();
  for (const [name, inner] of Object.entries(value)) {
    const parts = name.split(".");
    const [first = "", ...rest] = depth + parts.length <= DEEPEST ? parts : [name];
    const own = withoutDots(inner, depth + 1 + rest.length);
    const nested = rest.reduceRight<unknown>((below, part) => new Map([[part, below]]), own);
    put(result, first, nested);
  }
  return result;
}

function put(fields: Fields, name: string, value: unknown): void {
  fields.set(name, fields.has(name) ? merged(fields.get(name), value) : value);
}

/** Both in one. The first is used up: to merge many takes no longer than they are long. */
function merged(one: unknown, other: unknown): unknown {
  if (one instanceof Map && other instanceof Map) {
    for (const [name, inner] of other as Fields) put(one as Fields, name, inner);
    return one;
  }
  if (!Array.isArray(one)) return [one, other].flat();
  for (const element of Array.isArray(other) ? other : [other]) one.push(element);
  return one;
}

/** A name with more dots than this is taken as it is: nobody means a pattern that goes as deep. */
const DEEPEST = 200;
