import { type JsonSpan, jsonSpans } from "#lib/json-spans.ts";

/** The AWS principals that a policy names in its Principal and NotPrincipal elements, as they are written there. */
export function principalNames(policy: string): ReadonlySet<string> {
  return new Set(namesIn(policy).map(({ text }) => text));
}

/** A policy with other names in those places; all else, white space too, stays as it was. The policy was read before. */
export function renamePrincipals(policy: string, names: ReadonlyMap<string, string>): string {
  let renamed = policy;
  for (const { text, start, end } of namesIn(policy).toReversed()) {
    const name = names.get(text);
    if (name === undefined || name === text) continue;
    renamed = `${renamed.slice(0, start)}${JSON.stringify(name)}${renamed.slice(end)}`;
  }
  return renamed;
}

type Name = Extract<JsonSpan, { readonly kind: "text" }>;

function namesIn(policy: string): readonly Name[] {
  const statements = itemsOf(memberOf(jsonSpans(policy), "Statement"));
  return statements.flatMap((statement) =>
    ["Principal", "NotPrincipal"].flatMap((element) =>
      itemsOf(memberOf(memberOf(statement, element), "AWS")).filter((name) => name.kind === "text"),
    ),
  );
}

function memberOf(span: JsonSpan | undefined, name: string): JsonSpan | undefined {
  return span?.kind === "object" ? span.members.get(name) : undefined;
}

/** Where a policy may have one or a list of them. */
function itemsOf(span: JsonSpan | undefined): readonly JsonSpan[] {
  if (span === undefined) return [];
  return span.kind === "list" ? span.items : [span];
}
