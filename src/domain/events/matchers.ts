import { parseIpAddress } from "#lib/ip-address.ts";
import { addressRange } from "./cidr.ts";
import { invalid, isObject } from "./pattern-problem.ts";
import { wildcard } from "./wildcard.ts";

/** A value in an event that is neither an object nor a list. */
export type Leaf = string | number | boolean | null;

/** What may stand in a field: a value of its own, or that there is no such field at all. */
export type Matcher =
  | { readonly kind: "value"; readonly matches: (leaf: Leaf) => boolean }
  | { readonly kind: "absent" };

/** Reads one element of a pattern's list: a value, or an object with one operator. */
export function parseMatcher(element: unknown): Matcher {
  if (Array.isArray(element)) throw invalid("Match value must be String, number, true, false, or null");
  if (!isObject(element)) return equal(element as Leaf);
  const [name, ...others] = Object.keys(element);
  if (name === undefined) throw invalid("Match expression name not found");
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw invalid(`Unrecognized match type ${name}`);
  if (others.length > 0) throw invalid("Only one key allowed in match expression");
  return operator(element[name]);
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const OPERATORS: Readonly<Record<string, (operand: unknown) => Matcher>> = {
  exactly: (operand) => equal(stringOf(operand, "exact match pattern must be a string")),
  prefix: (operand) => affix("prefix", operand, (text, start) => text.startsWith(start)),
  suffix: (operand) => affix("suffix", operand, (text, end) => text.endsWith(end)),
  "equals-ignore-case": (operand) => {
    const wanted = stringOf(operand, "equals-ignore-case match pattern must be a string").toLowerCase();
    return text((value) => value.toLowerCase() === wanted);
  },
  wildcard: (operand) => text(wildcard(stringOf(operand, "wildcard match pattern must be a string"))),
  cidr: (operand) => {
    const inRange = addressRange(stringOf(operand, "prefix match pattern must be a string"));
    return text((value) => {
      const address = parseIpAddress(value);
      return address !== undefined && inRange(address);
    });
  },
  numeric: (operand) => {
    const fits = numericRange(operand);
    return value((leaf) => typeof leaf === "number" && Math.abs(leaf) <= GREATEST && fits(leaf));
  },
  exists: (operand) => {
    if (typeof operand !== "boolean") throw invalid("exists match pattern must be either true or false.");
    return operand ? value(() => true) : { kind: "absent" };
  },
  "anything-but": anythingBut,
};

function equal(wanted: Leaf): Matcher {
  const address = typeof wanted === "string" ? parseIpAddress(wanted) : undefined;
  if (!address) return value((leaf) => leaf === wanted);
  // One address has several spellings.
  return value((leaf) => typeof leaf === "string" && parseIpAddress(leaf)?.equals(address) === true);
}

function affix(name: "prefix" | "suffix", operand: unknown, fits: (text: string, part: string) => boolean): Matcher {
  if (!isObject(operand)) {
    const part = stringOf(operand, `${name} match pattern must be a string`);
    return text((leaf) => fits(leaf, part));
  }
  const [inner, ...others] = Object.keys(operand);
  if (inner === undefined) throw invalid(`${capital(name)} expression name not found`);
  if (inner !== "equals-ignore-case") throw invalid(`Unsupported ${name} pattern: ${inner}`);
  if (others.length > 0) throw invalid("Only one key allowed in match expression");
  const part = stringOf(operand[inner], "equals-ignore-case match pattern must be a string").toLowerCase();
  return text((leaf) => fits(leaf.toLowerCase(), part));
}

function anythingBut(operand: unknown): Matcher {
  if (isObject(operand)) return anythingButLike(operand);
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (!Array.isArray(operand) && typeof operand !== "string" && typeof operand !== "number") {
    throw invalid("Value of anything-but must be an array or single string/number value.");
  }
  if (!values.every((item) => typeof item === "string" || typeof item === "number")) {
    throw invalid("Inside anything but list, start|null|boolean is not supported.");
  }
  const kinds = new Set(values.map((item) => typeof item));
  if (kinds.size !== 1) {
    throw invalid("Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  const unwanted = new Set<unknown>(values);
  return value((leaf) => !unwanted.has(leaf));
}

/** `{"anything-but": {"prefix": …}}`: the operator's operand may be a list. */
function anythingButLike(operand: Readonly<Record<string, unknown>>): Matcher {
  const [name, ...others] = Object.keys(operand);
  if (name === undefined) throw invalid("Anything-But expression name not found");
  const complaint = Object.hasOwn(NEGATED, name) ? NEGATED[name] : undefined;
  const operator = OPERATORS[name];
  if (complaint === undefined || !operator) throw invalid(`Unsupported anything-but pattern: ${name}`);
  if (others.length > 0) throw invalid("Too many elements in numeric expression");
  const operands: readonly unknown[] = Array.isArray(operand[name]) ? operand[name] : [operand[name]];
  const unwanted = operands.map((item) => {
    if (typeof item !== "string") throw invalid(complaint);
    if (item === "" && (name === "prefix" || name === "suffix")) throw invalid("Null prefix/suffix not allowed");
    return operator(item);
  });
  if (unwanted.length === 0) throw invalid(complaint);
  return value((leaf) => unwanted.every((matcher) => matcher.kind === "value" && !matcher.matches(leaf)));
}

/** What can be negated, and what is said of an operand that is no text. */
const NEGATED: Readonly<Record<string, string>> = {
  prefix: "prefix/suffix match pattern must be a string",
  suffix: "prefix/suffix match pattern must be a string",
  wildcard: "wildcard match pattern must be a string",
  "equals-ignore-case": "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
};

/** `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 5]`. */
function numericRange(operand: unknown): (leaf: number) => boolean {
  if (!Array.isArray(operand)) throw invalid("Value of numeric must be an array.");
  const [operator, bound, second, top, ...more] = operand as readonly unknown[];
  if (typeof operator !== "string")
    throw invalid(`Invalid member in numeric match: ${JSON.stringify(operator) ?? "]"}`);
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  if (!compare) throw invalid(`Unrecognized numeric range operator: ${operator}`);
  const first = numberOf(bound, operator === "=" ? "equals" : operator);
  if (operand.length === 2) return (leaf) => compare(leaf, first);
  if (operator !== ">" && operator !== ">=") throw invalid("Too many elements in numeric expression");
  if (typeof second !== "string") throw invalid(`Bad value in numeric range: ${JSON.stringify(second)}`);
  if (second !== "<" && second !== "<=") throw invalid(`Bad numeric range operator: ${second}`);
  const last = numberOf(top, second);
  if (more.length > 0) throw invalid("Too many terms in numeric range expression");
  if (first >= last) throw invalid("Bottom must be less than top");
  const below = COMPARISONS[second] ?? compare;
  return (leaf) => compare(leaf, first) && below(leaf, last);
}

const COMPARISONS: Readonly<Record<string, (leaf: number, bound: number) => boolean>> = {
  "=": (leaf, bound) => leaf === bound,
  "<": (leaf, bound) => leaf < bound,
  "<=": (leaf, bound) => leaf <= bound,
  ">": (leaf, bound) => leaf > bound,
  ">=": (leaf, bound) => leaf >= bound,
};

function numberOf(operand: unknown, operator: string): number {
  if (typeof operand !== "number") throw invalid(`Value of ${operator} must be numeric`);
  if (Math.abs(operand) > GREATEST) throw invalid("Value must be between -5.0E9 and 5.0E9, inclusive");
  return operand;
}

function stringOf(operand: unknown, complaint: string): string {
  if (typeof operand !== "string") throw invalid(complaint);
  return operand;
}

function value(matches: (leaf: Leaf) => boolean): Matcher {
  return { kind: "value", matches };
}

function text(matches: (leaf: string) => boolean): Matcher {
  return value((leaf) => typeof leaf === "string" && matches(leaf));
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Numbers beyond are not compared (eb-create-pattern-operators). */
const GREATEST = 5e9;
