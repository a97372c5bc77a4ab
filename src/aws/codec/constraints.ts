import type { Rule } from "#aws/rules.ts";

/**
 * What `value` breaks of `rule`, in AWS's words (recorded from ACM):
 * "Value 'x' at 'domainName' failed to satisfy constraint: Member must have length less than or equal to 253".
 * A list whose elements break their rule is reported once, with all that is asked of an element.
 */
export function violations(rule: Rule, value: unknown, at: string): readonly string[] {
  const broken = CLAUSES.filter((clause) => clause.broken(rule, value));
  if (broken.length === 0) return NONE;
  const shown = printable(rule, value);
  const subject = shown === undefined ? "Value" : `Value '${shorten(shown, MOST_SHOWN)}'`;
  return broken.map((clause) => complaint(subject, at, clause.text(rule, value)));
}

/** "Value null at 'domainName' failed to satisfy constraint: Member must not be null" */
export function missing(at: string): string {
  return complaint("Value null", at, "Member must not be null");
}

/** "Value at 'filterStatement' failed to satisfy constraint: Member must have exactly one member set" */
export function notOneMember(at: string): string {
  return complaint("Value", at, "Member must have exactly one member set");
}

/** Gathers what is wrong with one input: everything is counted, the first few are told. */
export class Complaints {
  #count = 0;
  #missing: string | undefined;
  readonly #texts: string[] = [];

  add(text: string): void {
    if (++this.#count <= MOST_TOLD) this.#texts.push(text);
  }

  /** A required member is not there. */
  miss(at: string): void {
    this.#missing ??= at;
    this.add(missing(at));
  }

  /** The first required member that is not there; undefined when all are. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** "2 validation errors detected: …; …"; undefined when nothing is wrong. */
  get message(): string | undefined {
    if (this.#count === 0) return undefined;
    return `${this.#count} validation error${this.#count === 1 ? "" : "s"} detected: ${this.#texts.join("; ")}`;
  }
}

interface Clause {
  /** Whether the rule has this clause. */
  stated(rule: Rule): boolean;
  /** Whether the rule has this clause and `value` breaks it. */
  broken(rule: Rule, value: unknown): boolean;
  text(rule: Rule, value: unknown): string;
}

/** In the order in which AWS lists them. */
const CLAUSES: readonly Clause[] = [
  {
    stated: ({ max }) => max !== undefined,
    broken: ({ max }, value) => max !== undefined && size(value) > max,
    text: ({ max }, value) => `Member must have ${measure(value)} less than or equal to ${max}`,
  },
  {
    stated: ({ min }) => min !== undefined,
    broken: ({ min }, value) => min !== undefined && size(value) < min,
    text: ({ min }, value) => `Member must have ${measure(value)} greater than or equal to ${min}`,
  },
  {
    stated: ({ pattern }) => pattern !== undefined,
    // Not tried on what is too long: by its own bound, which tells so, or by ours.
    broken: ({ pattern, max }, value) => {
      if (pattern === undefined || typeof value !== "string") return false;
      return size(value) > (max ?? MOST_MATCHED) ? max === undefined : !pattern.test(value);
    },
    text: ({ pattern }) => `Member must satisfy regular expression pattern: ${pattern?.source}`,
  },
  {
    stated: ({ oneOf }) => oneOf !== undefined,
    broken: ({ oneOf }, value) => oneOf !== undefined && !Object.values(oneOf).includes(value),
    text: ({ oneOf }) => `Member must satisfy enum value set: [${Object.values(oneOf ?? {}).join(", ")}]`,
  },
  {
    stated: ({ each }) => each !== undefined,
    broken: ({ each }, value) => each !== undefined && elements(value).some((item) => breaks(each, item)),
    text: ({ each = {} }, value) => {
      const asked = CLAUSES.filter((clause) => clause.stated(each)).map((clause) =>
        clause.text(each, elements(value)[0]),
      );
      return `Member must satisfy constraint: [${asked.join(", ")}]`;
    },
  },
];

const breaks = (rule: Rule, value: unknown): boolean => CLAUSES.some((clause) => clause.broken(rule, value));

function complaint(subject: string, at: string, text: string): string {
  return `${subject} at '${shorten(at, MOST_PATH)}' failed to satisfy constraint: ${text}`;
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : typeof value === "object" && value !== null ? Object.values(value) : [];
}

/** A number itself; of text the characters, of a blob the bytes, of anything else the members. */
function size(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return value.length - (value.match(SURROGATES)?.length ?? 0);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

const measure = (value: unknown): string => (typeof value === "number" ? "value" : "length");

/** The value as AWS prints it; undefined for what is secret, binary, or a structure that may hold such. */
function printable(rule: Rule, value: unknown): string | undefined {
  if (rule.secret || rule.each?.secret) return undefined;
  if (Array.isArray(value)) return value.every(isPlain) ? `[${value.slice(0, MOST_SHOWN).join(", ")}]` : undefined;
  return isPlain(value) ? String(value) : undefined;
}

const isPlain = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);
const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

const NONE: readonly string[] = [];
const SURROGATES = /[\ud800-\udbff][\udc00-\udfff]/g;
const MOST_TOLD = 20;
const MOST_SHOWN = 1000;
const MOST_PATH = 300;
const MOST_MATCHED = 10_000;
