/**
 * What is known of a request, by condition key in lower case: `aws:sourceip`, `kms:viaservice`, `aws:principaltag/team`.
 * Condition keys have no case in IAM. A key with several values is multivalued; one that is not known is not there.
 */
export type Facts = Readonly<Record<string, readonly string[]>>;

/** The facts of several sources; where two know the same key, the later one is believed. */
export function joinFacts(...sources: readonly Facts[]): Facts {
  return Object.assign({}, ...sources) as Facts;
}

/** Facts as they are easiest to write: lone values, and undefined for what is not known. */
export function factsOf(known: Readonly<Record<string, string | readonly string[] | undefined>>): Facts {
  const facts: Record<string, readonly string[]> = {};
  for (const [key, value] of Object.entries(known)) {
    if (value !== undefined) facts[key.toLowerCase()] = typeof value === "string" ? [value] : value;
  }
  return facts;
}

/** The values of a condition key; undefined when it is not known. */
export function factsFor(facts: Facts, key: string): readonly string[] | undefined {
  const name = key.toLowerCase();
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}
