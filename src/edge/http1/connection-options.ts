import type { Fields } from "#edge/http/fields.ts";
import { listed } from "#lib/blanks.ts";

/**
 * The options of a message's `Connection` fields, with those of one more, in lower case (RFC 9110 section 7.6.1);
 * undefined when there are more than 100: nobody means so many, and each may be asked about every field.
 */
export function withOptions(known: readonly string[] | undefined, value: string): readonly string[] | undefined {
  const more = COMMON_OPTIONS.get(value) ?? listed(value);
  const all = known === undefined ? more : [...known, ...more];
  return all.length > MOST_OPTIONS ? undefined : all;
}

/** Without the fields that concern this connection only because `Connection` names them. */
export function withoutNamed(fields: Fields, options: readonly string[]): Fields {
  if (options.every((option) => HARMLESS_OPTIONS.has(option))) return fields;
  const named = new Set(options);
  return fields.filter(({ key }) => !named.has(key));
}

const MOST_OPTIONS = 100;
const COMMON_OPTIONS: ReadonlyMap<string, readonly string[]> = new Map(
  ["keep-alive", "Keep-Alive", "close", "Upgrade", "upgrade"].map((value) => [value, [value.toLowerCase()]]),
);
/** Options that name no field, or one that is never passed on. */
const HARMLESS_OPTIONS: ReadonlySet<string> = new Set(["close", "keep-alive", "upgrade", "te", ""]);
