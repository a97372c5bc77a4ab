import type { NormalizedSchema } from "@smithy/core/schema";

/** How a timestamp is spelled: seconds since 1970, RFC 3339, or the date of HTTP headers. */
export type TimeForm = "epoch" | "iso" | "http";

/** How a wire format spells the values of the data model. `undefined` from a reader means "this is none". */
export interface Format {
  /** The trait that renames members, where the format has one. */
  readonly rename?: "jsonName" | "xmlName" | "ec2QueryName";
  readonly time: TimeForm;
  readonly object: (value: unknown) => Readonly<Record<string, unknown>> | undefined;
  readonly list: (value: unknown, schema: NormalizedSchema) => readonly unknown[] | undefined;
  readonly map: (value: unknown, schema: NormalizedSchema) => readonly (readonly [string, unknown])[] | undefined;
  readonly number: (value: unknown) => number | undefined;
  readonly boolean: (value: unknown) => boolean | undefined;
  readonly timestamp: (value: unknown, form: TimeForm) => Date | undefined;
  readonly blob: (value: unknown) => Uint8Array | undefined;
}

/** The wire name of a structure's member. */
export function wireName(member: NormalizedSchema, name: string, rename: Format["rename"]): string {
  if (!rename) return name;
  const traits = rename === "jsonName" ? member.getMergedTraits() : member.getMemberTraits();
  if (rename !== "ec2QueryName") return traits[rename] ?? name;
  // The SDK's types do not know this trait. https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
  const own = (traits as { readonly ec2QueryName?: string }).ec2QueryName;
  const spelled = traits.xmlName ?? name;
  return own ?? spelled.charAt(0).toUpperCase() + spelled.slice(1);
}

/** How this timestamp is spelled, by its schema or else by its place. */
export function timeForm(schema: NormalizedSchema, fallback: TimeForm): TimeForm {
  const type = schema.getSchema();
  return (typeof type === "number" ? TIME_FORMS[type] : undefined) ?? fallback;
}

/** `make`, done once for each schema object. */
export function memo<V extends {}>(make: (schema: NormalizedSchema) => V): (schema: NormalizedSchema) => V {
  const known = new WeakMap<object, V>();
  return (schema) => {
    const value = known.get(schema) ?? make(schema);
    known.set(schema, value);
    return value;
  };
}

/** `make`, done when it is first asked for: shapes refer to themselves. */
export function once<V extends {}>(make: () => V): () => V {
  let value: V | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

/** The schema numbers of timestamps that name their form (@smithy/types: TimestampDateTimeSchema and its neighbours). */
const TIME_FORMS: Readonly<Record<number, TimeForm>> = { 5: "iso", 6: "http", 7: "epoch" };
