import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticStructureSchema } from "@smithy/types";
import { memo } from "#aws/codec/format.ts";

/** A member that HTTP carries outside of the document. */
export interface Bound {
  readonly name: string;
  readonly member: NormalizedSchema;
  readonly traits: ReturnType<NormalizedSchema["getMergedTraits"]>;
}

/** The members of a shape by where HTTP carries them: https://smithy.io/2.0/spec/http-bindings.html */
export interface Bindings {
  readonly bound: readonly Bound[];
  /** The shape of the bound members alone. */
  readonly boundShape: NormalizedSchema;
  /** The member that is the whole body. */
  readonly payload: (Bound & { readonly required: boolean }) | undefined;
  /** The shape of what is left for a document; undefined when nothing is. */
  readonly body: NormalizedSchema | undefined;
}

/** Labels and query parameters exist on the way in only, though some outputs name them. */
export const requestBindings: (schema: NormalizedSchema) => Bindings = memo((schema) =>
  bindings(schema, ({ httpHeader, httpLabel, httpQuery, httpQueryParams }) =>
    Boolean(httpHeader ?? httpLabel ?? httpQuery ?? httpQueryParams),
  ),
);

/** A status exists on the way out only. */
export const replyBindings: (schema: NormalizedSchema) => Bindings = memo((schema) =>
  bindings(schema, ({ httpHeader, httpResponseCode }) => Boolean(httpHeader ?? httpResponseCode)),
);

function bindings(schema: NormalizedSchema, isBound: (traits: Bound["traits"]) => boolean): Bindings {
  const shape = schema.getSchema() as StaticStructureSchema;
  const required = shape[4].slice(0, shape[6] ?? 0);
  const members = [...schema.structIterator()].map(([name, member]) => ({
    name,
    member,
    traits: member.getMergedTraits(),
  }));
  const payload = members.find(({ traits }) => traits.httpPayload);
  const bound = members.filter((each) => each !== payload && isBound(each.traits));
  const rest = members.filter((each) => each !== payload && !bound.includes(each));
  return {
    bound,
    boundShape: partOf(shape, bound, required),
    payload: payload && { ...payload, required: required.includes(payload.name) },
    body: payload || rest.length === 0 ? undefined : partOf(shape, rest, required),
  };
}

/** The same structure with some of its members only. The required ones come first, as they do in the whole. */
function partOf(shape: StaticStructureSchema, part: readonly Bound[], required: readonly string[]): NormalizedSchema {
  const [kind, namespace, name, traits, names, types] = shape;
  const kept = part.map((each) => each.name);
  const keptTypes = kept.map((each) => types[names.indexOf(each)] ?? 0);
  const keptRequired = kept.filter((each) => required.includes(each)).length;
  return NormalizedSchema.of([kind, namespace, name, traits, kept, keptTypes, keptRequired]);
}
