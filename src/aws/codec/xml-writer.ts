import type { NormalizedSchema } from "@smithy/core/schema";
import { element, escapeXml } from "#aws/xml.ts";
import { memo, once, wireName } from "./format.ts";
import { entryNames, isFlat, itemName } from "./text-format.ts";
import { writeText } from "./writer.ts";

/** A value as the XML element of that name. */
export function writeXml(schema: NormalizedSchema, value: unknown, name: string): string {
  return writing(schema)(value as never, name);
}

/** The members of a structure as elements, without an element around them. */
export function writeMembers(schema: NormalizedSchema, value: Fields): string {
  return memberWriters(schema)
    .map(({ name, wire, write }) => {
      const content = value[name];
      return content === undefined || content === null ? "" : write(content as never, wire);
    })
    .join("");
}

/** A handler's answer has the shape of its schema: the compiler has seen to that. */
type Write = (value: never, name: string) => string;
type Fields = Readonly<Record<string, unknown>>;

const writing = memo((schema): Write => {
  if (schema.isStructSchema()) return (value: Fields, name) => element(name, writeMembers(schema, value));
  if (schema.isListSchema()) return listWriter(schema);
  if (schema.isMapSchema()) return mapWriter(schema);
  return (value, name) => element(name, escapeXml(writeText(schema, value, "iso")));
});

const memberWriters = memo((schema) =>
  [...schema.structIterator()].map(([name, member]) => ({
    name,
    wire: wireName(member, name, "xmlName"),
    write: writing(member),
  })),
);

function listWriter(schema: NormalizedSchema): Write {
  const item = once(() => writing(schema.getValueSchema()));
  const items = (value: readonly never[], name: string): string =>
    value.map((content) => item()(content, name)).join("");
  return isFlat(schema) ? items : (value, name) => element(name, items(value, itemName(schema)));
}

function mapWriter(schema: NormalizedSchema): Write {
  const content = once(() => writing(schema.getValueSchema()));
  const [keyName, valueName] = entryNames(schema);
  const entries = (value: Fields, name: string): string =>
    Object.entries(value)
      .map(([key, item]) => element(name, element(keyName, escapeXml(key)) + content()(item as never, valueName)))
      .join("");
  return isFlat(schema) ? entries : (value, name) => element(name, entries(value, "entry"));
}
