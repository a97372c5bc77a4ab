import type { NormalizedSchema } from "@smithy/core/schema";
import { type Format, memo, wireName } from "./format.ts";
import { asObject, isObject, readBase64, readNumber, readTime } from "./values.ts";

// botocore has been seen to send "True". A null prototype: the key comes from outside.
const BOOLEANS: Readonly<Record<string, boolean>> = Object.assign(Object.create(null), { true: true, false: false });
const SCALARS: Pick<Format, "time" | "number" | "boolean" | "blob" | "timestamp"> = {
  time: "iso",
  number: (value) => (typeof value === "string" ? readNumber(value) : undefined),
  boolean: (value) => (typeof value === "string" ? BOOLEANS[value.toLowerCase()] : undefined),
  blob: readBase64,
  timestamp: (value, form) => (typeof value === "string" ? readTime(value, form) : undefined),
};

/**
 * Everything is text: XML elements and query parameters. An element is a string, or an object of elements in which a
 * repeated one is a list.
 */
export const textFormat: Format = {
  rename: "xmlName",
  object: (value) => (isBlank(value) ? {} : asObject(value)),
  list(value, schema) {
    if (isFlat(schema)) return asList(value);
    const items = isBlank(value) ? {} : asObject(value);
    return items && asList(items[itemName(schema)]);
  },
  map(value, schema) {
    const wrapper = isFlat(schema) ? { entry: value } : isBlank(value) ? {} : asObject(value);
    const [key, content] = entryNames(schema);
    const pairs = wrapper && asList(wrapper["entry"]).map((entry) => isObject(entry) && [entry[key], entry[content]]);
    return pairs?.every(isPair) ? pairs : undefined;
  },
  ...SCALARS,
};

/** The parameters of EC2, whose lists are never wrapped and whose names have traits of their own. */
export const ec2Format: Format = { ...textFormat, rename: "ec2QueryName", list: asList };

/** The values of labels, headers and query strings, which carry plain text without names. */
export const boundFormat: Format = {
  object: asObject,
  list: (value) => (Array.isArray(value) ? value : [value]),
  map: (value) => (isObject(value) ? Object.entries(value) : undefined),
  ...SCALARS,
};

/** Whether a list or map has no element of its own around its items. */
export function isFlat(schema: NormalizedSchema): boolean {
  return Boolean(schema.getMergedTraits().xmlFlattened);
}

/** The element name of a list's items. */
export const itemName: (list: NormalizedSchema) => string = memo((list) =>
  wireName(list.getValueSchema(), "member", "xmlName"),
);

/** The element names of a map's keys and values. */
export const entryNames: (map: NormalizedSchema) => readonly [key: string, value: string] = memo((map) => [
  wireName(map.getKeySchema(), "key", "xmlName"),
  wireName(map.getValueSchema(), "value", "xmlName"),
]);

const isPair = (pair: false | unknown[]): pair is [string, unknown] => pair !== false && typeof pair[0] === "string";
/** An element without content, or with nothing but the white space of an indented document. */
const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === "";
function asList(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
