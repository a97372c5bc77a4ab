import type { Refusal } from "#domain/refusal.ts";
import { type Matcher, parseMatcher } from "./matchers.ts";
import { invalid, isObject } from "./pattern-problem.ts";

/**
 * An event pattern, ready to be matched: one of the branches must match whole. A branch is a tree like the event; at its
 * leaves stand the matchers, of which one must fit.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export interface EventPattern {
  readonly branches: readonly PatternNode[];
}

export interface PatternNode {
  readonly fields: ReadonlyMap<string, PatternNode>;
  /** Absent where only the fields below matter. */
  readonly matchers?: readonly Matcher[];
}

/** Reads an event pattern. Throws `event-pattern-invalid` in EventBridge's words. */
export function parsePattern(text: string): EventPattern {
  const pattern = parseJson(text);
  if (!isObject(pattern)) throw invalid("Filter is not an object");
  const branches = withFields([new Map()], pattern, [], false);
  return { branches: branches.map(treeOf) };
}

/** One way to match: each path with what may stand there. */
type Branch = Map<string, readonly Matcher[]>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("Invalid JSON");
  }
}

/** Adds the fields of `object` to every branch; answers the branches, of which `$or` makes several. */
function withFields(
  branches: readonly Branch[],
  object: Readonly<Record<string, unknown>>,
  path: readonly string[],
  insideOr: boolean,
): readonly Branch[] {
  const entries = Object.entries(object);
  if (entries.length === 0) throw invalid("Empty objects are not allowed");
  return entries.reduce((before, [name, value]) => withField(before, name, value, path, insideOr), branches);
}

function withField(
  branches: readonly Branch[],
  name: string,
  value: unknown,
  path: readonly string[],
  insideOr: boolean,
): readonly Branch[] {
  if (name === "$or") return withAlternatives(branches, value, path);
  if (insideOr && RESERVED_IN_OR.includes(name)) {
    throw invalid(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
  }
  if (isObject(value)) return withFields(branches, value, [...path, name], insideOr);
  if (!Array.isArray(value)) throw invalid(`"${name}" must be an object or an array`);
  if (value.length === 0) throw invalid("Empty arrays are not allowed");
  const matchers = value.map(parseMatcher);
  // A dot in a name is as good as one between two names.
  for (const branch of branches) branch.set([...path, name].join("."), matchers);
  return branches;
}

function withAlternatives(
  branches: readonly Branch[],
  alternatives: unknown,
  path: readonly string[],
): readonly Branch[] {
  if (!Array.isArray(alternatives)) throw invalid("It must be an Array followed with $or.");
  if (!alternatives.every(isObject)) throw invalid("Only JSON object is allowed in array of $or relationship.");
  if (alternatives.length < 2) throw invalid("There must have at least 2 Objects in $or relationship.");
  if (branches.length * alternatives.length > MOST_BRANCHES) throw tooManyBranches();
  const all = alternatives.flatMap((alternative) => {
    const copies = branches.map((branch) => new Map(branch));
    return withFields(copies, alternative, path, true);
  });
  if (all.length > MOST_BRANCHES) throw tooManyBranches();
  return all;
}

function treeOf(branch: Branch): PatternNode {
  const root: Growing = { fields: new Map() };
  for (const [path, matchers] of branch) {
    let node = root;
    for (const name of path.split(".")) {
      const next = node.fields.get(name) ?? { fields: new Map<string, Growing>() };
      node.fields.set(name, next);
      node = next;
    }
    node.matchers = matchers;
  }
  return root;
}

interface Growing extends PatternNode {
  readonly fields: Map<string, Growing>;
  matchers?: readonly Matcher[];
}

function tooManyBranches(): Refusal {
  return invalid(`Rule is too complex - $or makes more than ${MOST_BRANCHES} combinations of it`);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: fewer than 1,000 combinations. */
const MOST_BRANCHES = 1000;
const RESERVED_IN_OR: readonly string[] = [
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "numeric",
  "cidr",
  "wildcard",
  "=",
  "<",
  "<=",
  ">",
  ">=",
];
