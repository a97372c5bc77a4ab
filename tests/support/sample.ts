import type { NormalizedSchema } from "@smithy/core/schema";

/** A value of any shape: every member filled in, awkward characters included. `n` makes them differ. */
export function sample(schema: NormalizedSchema, n = 1, depth = 0, seen: readonly string[] = []): unknown {
  const traits = schema.getMergedTraits();
  const one = (of: NormalizedSchema, which: number): unknown => sample(of, which, depth + 1, seen);
  if (schema.isStructSchema()) return sampleStructure(schema, n, depth, seen);
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return [one(item, n), one(item, n + 1)].filter((value) => value !== undefined);
  }
  if (schema.isMapSchema()) {
    const value = one(schema.getValueSchema(), n);
    return value === undefined ? {} : { "k 1": value, k2: value };
  }
  if (schema.isTimestampSchema()) {
    return new Date(Date.UTC(2026, 6, 1 + (n % 28), 1, 2, 3, traits.httpHeader ? 0 : 250));
  }
  if (schema.isBlobSchema()) return Uint8Array.from([0, 255, 60, 38, n & 255]);
  if (schema.isBooleanSchema()) return n % 2 === 0;
  if (schema.isNumericSchema()) return traits.httpResponseCode ? 201 : n;
  if (schema.isDocumentSchema()) return { a: [1, "x"] };
  if (traits.mediaType) return `{"n":${n}}`;
  return traits.httpHeader || traits["hostLabel"] ? `h${n}` : `s${n} <&>"' é=/+%😀`;
}

/** Shapes that hold themselves end where they would do so a second time. */
function sampleStructure(schema: NormalizedSchema, n: number, depth: number, seen: readonly string[]): unknown {
  const name = schema.getName(true) ?? "";
  if (seen.filter((each) => each === name).length > 1 || depth > 12) return schema.isUnionSchema() ? undefined : {};
  const members = [...schema.structIterator()];
  const chosen = schema.isUnionSchema() ? [members[n % members.length]!] : members;
  const entries = chosen.map(([key, member], i) => [key, sample(member, n + i, depth + 1, [...seen, name])] as const);
  const filled = entries.filter(([, value]) => value !== undefined);
  return schema.isUnionSchema() && filled.length === 0 ? undefined : Object.fromEntries(filled);
}
