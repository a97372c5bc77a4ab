import type { NormalizedSchema } from "@smithy/core/schema";
import type { Rule, Rules } from "#aws/rules.ts";
import { AwsError } from "#aws/service.ts";
import { Complaints, notOneMember, violations } from "./constraints.ts";
import { type Format, memo, once, timeForm, wireName } from "./format.ts";

/** What a service calls input that breaks its constraints, and input without a required member if that is another error. */
export interface InputErrors {
  readonly invalidInput: string;
  readonly missingInput?: string | undefined;
}

/** Reads a value of a schema. Throws SerializationException for a wrong type, `invalidInput` for a broken constraint. */
export type Reader = (schema: NormalizedSchema, value: unknown) => Readonly<Record<string, unknown>>;

/**
 * A strict reader of input shapes in one format: types, required members and the service's rules are checked on the
 * way, with the place of every mistake; members that the shape does not have are left out.
 */
export function reader(format: Format, rules: Rules, { invalidInput, missingInput }: InputErrors): Reader {
  const reading: Reading = memo((schema) => readingOf(schema, format, rules, reading));
  return (schema, value) => {
    if (schema.isUnitSchema()) {
      if (value !== undefined && !format.object(value)) mistyped(value, "", "structure");
      return {};
    }
    const wrong = new Complaints();
    const result = reading(schema)(value, "", wrong);
    if (missingInput !== undefined && wrong.missing !== undefined) {
      throw new AwsError(missingInput, `The request must contain the parameter ${wrong.missing}`);
    }
    if (wrong.message !== undefined) throw new AwsError(invalidInput, wrong.message);
    return result as Readonly<Record<string, unknown>>;
  };
}

type Read = (value: unknown, at: string, wrong: Complaints) => unknown;
type Reading = (schema: NormalizedSchema) => Read;

function readingOf(schema: NormalizedSchema, format: Format, rules: Rules, reading: Reading): Read {
  if (schema.isStructSchema()) return readStructure(schema, format, rules, reading);
  if (schema.isListSchema()) {
    const item = once(() => reading(schema.getValueSchema()));
    return (value, at, wrong) => {
      const items = format.list(value, schema) ?? mistyped(value, at, "list");
      return items.map((content, index) => item()(content, `${at}.${index + 1}.member`, wrong));
    };
  }
  if (schema.isMapSchema()) {
    const item = once(() => reading(schema.getValueSchema()));
    return (value, at, wrong) => {
      const entries = format.map(value, schema) ?? mistyped(value, at, "map");
      return Object.fromEntries(entries.map(([key, content]) => [key, item()(content, `${at}.${key}.member`, wrong)]));
    };
  }
  return readLeaf(schema, format);
}

interface Member {
  readonly name: string;
  readonly place: string;
  readonly wire: string;
  readonly read: Read;
  readonly required: boolean;
  readonly rule: Rule | undefined;
}

function readStructure(schema: NormalizedSchema, format: Format, rules: Rules, reading: Reading): Read {
  const owner = schema.getName() ?? "";
  const members = once((): readonly Member[] =>
    [...schema.structIterator()].map(([name, member], index) => ({
      name,
      place: name.charAt(0).toLowerCase() + name.slice(1),
      wire: wireName(member, name, format.rename),
      read: reading(member),
      required: index < requiredMembers(schema),
      rule: rules[`${owner}.${name}`] ?? rules[name],
    })),
  );
  return (value, at, wrong) => {
    const fields = format.object(value) ?? mistyped(value, at, "structure");
    if (at.length > LONGEST_PLACE && schema.isUnionSchema()) throw tooDeep();
    const result: Record<string, unknown> = {};
    for (const { name, place, wire, read, required, rule } of members()) {
      const field = Object.hasOwn(fields, wire) ? fields[wire] : undefined;
      const there = at === "" ? place : `${at}.${place}`;
      if (field !== undefined && field !== null) {
        const content = read(field, there, wrong);
        if (typeof content === "number" && rule && !rule.fraction && !Number.isSafeInteger(content)) {
          mistyped(field, there, "whole number");
        }
        result[name] = content;
        if (rule) for (const text of violations(rule, content, there)) wrong.add(text);
      } else if (required) wrong.miss(there);
    }
    if (schema.isUnionSchema() && Object.keys(result).length !== 1) wrong.add(notOneMember(at));
    return result;
  };
}

function readLeaf(schema: NormalizedSchema, format: Format): Read {
  const leaf =
    (kind: string, parse: (value: unknown) => unknown): Read =>
    (value, at) =>
      parse(value) ?? mistyped(value, at, kind);
  // PostgreSQL keeps no U+0000 in its texts, and no name, token or tag has use for one.
  if (schema.isStringSchema())
    return leaf("string without U+0000", (value) =>
      typeof value === "string" && !value.includes("\0") ? value : undefined,
    );
  if (schema.isNumericSchema()) return leaf("number", format.number);
  if (schema.isBooleanSchema()) return leaf("boolean", format.boolean);
  if (schema.isBlobSchema()) return leaf("blob", format.blob);
  if (schema.isTimestampSchema()) {
    const form = timeForm(schema, format.time);
    return leaf("timestamp", (value) => format.timestamp(value, form));
  }
  return (value) => value; // a document: whatever was said
}

/** The schema's last number: its first so many members must be there. */
function requiredMembers(schema: NormalizedSchema): number {
  const shape = schema.getSchema();
  const count = Array.isArray(shape) ? (shape as readonly unknown[])[6] : undefined;
  return typeof count === "number" ? count : 0;
}

/** Names what was given by its type only: the value may be a key at the wrong place. */
function mistyped(value: unknown, at: string, wanted: string): never {
  const given = value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
  const place = at === "" ? "The input" : `The ${given} at '${at.slice(0, 300)}'`;
  throw new AwsError("SerializationException", `${place} can not be converted to a ${wanted}.`);
}

function tooDeep(): AwsError {
  return new AwsError("SerializationException", "The input is nested too deeply.");
}

/** Only unions hold themselves again, so only they can be nested without end. */
const LONGEST_PLACE = 2_000;
