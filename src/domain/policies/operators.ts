import { isInNetwork, parseIpNetwork } from "#lib/ip-network.ts";
import { matches, type Resolved, textOf } from "./pattern.ts";

interface Comparison {
  /** Holds when no value matches. */
  readonly negated: boolean;
  /** Whether a value of the request is what the policy asks for. */
  readonly matches: (asked: Resolved, value: string) => boolean;
}

type Ordered = "Equals" | "NotEquals" | "LessThan" | "LessThanEquals" | "GreaterThan" | "GreaterThanEquals";

export type Operator =
  | `String${"" | "Not"}${"Equals" | "EqualsIgnoreCase" | "Like"}`
  | `${"Numeric" | "Date"}${Ordered}`
  | `${"" | "Not"}IpAddress`
  | `Arn${"" | "Not"}${"Equals" | "Like"}`
  | "Bool"
  | "BinaryEquals"
  | "Null";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const OPERATORS: Readonly<Record<Operator, Comparison>> = {
  StringEquals: is((asked, value) => asked === value),
  StringNotEquals: not((asked, value) => asked === value),
  StringEqualsIgnoreCase: is((asked, value) => asked.toLowerCase() === value.toLowerCase()),
  StringNotEqualsIgnoreCase: not((asked, value) => asked.toLowerCase() === value.toLowerCase()),
  StringLike: { negated: false, matches },
  StringNotLike: { negated: true, matches },
  NumericEquals: is(numbers((asked, value) => value === asked)),
  NumericNotEquals: not(numbers((asked, value) => value === asked)),
  NumericLessThan: is(numbers((asked, value) => value < asked)),
  NumericLessThanEquals: is(numbers((asked, value) => value <= asked)),
  NumericGreaterThan: is(numbers((asked, value) => value > asked)),
  NumericGreaterThanEquals: is(numbers((asked, value) => value >= asked)),
  DateEquals: is(dates((asked, value) => value === asked)),
  DateNotEquals: not(dates((asked, value) => value === asked)),
  DateLessThan: is(dates((asked, value) => value < asked)),
  DateLessThanEquals: is(dates((asked, value) => value <= asked)),
  DateGreaterThan: is(dates((asked, value) => value > asked)),
  DateGreaterThanEquals: is(dates((asked, value) => value >= asked)),
  Bool: is((asked, value) => asked.toLowerCase() === value.toLowerCase()),
  BinaryEquals: is((asked, value) => asked === value),
  IpAddress: is(isIn),
  NotIpAddress: not(isIn),
  ArnEquals: { negated: false, matches: arnMatches },
  ArnLike: { negated: false, matches: arnMatches },
  ArnNotEquals: { negated: true, matches: arnMatches },
  ArnNotLike: { negated: true, matches: arnMatches },
  /** Whether the key is there at all: judged by `holds`. */
  Null: is(() => false),
};

/** Reads a number as policies have them; undefined for anything else. */
export function readNumber(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds of a date in ISO 8601 or in seconds since 1970; undefined for anything else. */
export function readDate(text: string): number | undefined {
  if (/^-?\d{1,12}$/.test(text)) return Number(text) * 1000;
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

type OfTexts = (asked: string, value: string) => boolean;

function is(compare: OfTexts): Comparison {
  return { negated: false, matches: (asked, value) => compare(textOf(asked), value) };
}

function not(compare: OfTexts): Comparison {
  return { ...is(compare), negated: true };
}

/** What is no number is neither more nor less than anything. */
function numbers(compare: (asked: number, value: number) => boolean): OfTexts {
  return compared(readNumber, compare);
}

function dates(compare: (asked: number, value: number) => boolean): OfTexts {
  return compared(readDate, compare);
}

function compared(
  read: (text: string) => number | undefined,
  compare: (asked: number, value: number) => boolean,
): OfTexts {
  return (asked, value) => {
    const [left, right] = [read(asked), read(value)];
    return left !== undefined && right !== undefined && compare(left, right);
  };
}

function isIn(asked: string, value: string): boolean {
  const network = parseIpNetwork(asked);
  return network !== undefined && isInNetwork(value, network);
}

/**
 * Each of the six parts of an ARN by itself: a `*` does not reach over a colon, but in the last part. Parts that a pattern
 * leaves out may be anything. What is no ARN is matched as it is.
 */
export function arnMatches(asked: Resolved, value: string): boolean {
  const parts = split(asked);
  const values = value.split(":");
  if (values.length < ARN_PARTS) return matches(asked, value);
  const texts = [...values.slice(0, ARN_PARTS - 1), values.slice(ARN_PARTS - 1).join(":")];
  return parts.every((part, i) => matches(part, texts[i] ?? ""));
}

function split(pattern: Resolved): readonly Resolved[] {
  const parts: Resolved[number][][] = [[]];
  for (const piece of pattern) {
    const texts = piece.kind === "text" ? piece.text.split(":") : undefined;
    for (const [i, text] of (texts ?? [""]).entries()) {
      // Behind the fifth colon everything is the resource, colons included.
      if (i > 0 && parts.length < ARN_PARTS) parts.push([]);
      else if (i > 0) parts.at(-1)?.push({ kind: "text", text: ":" });
      parts.at(-1)?.push(texts ? { kind: "text", text } : piece);
    }
  }
  return parts;
}

const ARN_PARTS = 6;
