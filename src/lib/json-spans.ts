/** A value of a JSON text, and where it stands: from its first character up to the one behind its last. */
export type JsonSpan = { readonly start: number; readonly end: number } & (
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, JsonSpan> }
  | { readonly kind: "list"; readonly items: readonly JsonSpan[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "other" }
);

/** Says where the values of a text stand that `parseJsonObject` took. Throws for a text that it does not take. */
export function jsonSpans(text: string): JsonSpan {
  const tokens = Array.from(text.matchAll(TOKENS), (match) => ({ token: match[0], start: match.index }));
  let next = 0;
  const take = (): { readonly token: string; readonly start: number; readonly end: number } => {
    const taken = tokens[next++];
    if (!taken) throw new Error("the text is no JSON");
    return { ...taken, end: taken.start + taken.token.length };
  };
  const skipComma = (): void => {
    if (tokens[next]?.token === ",") next++;
  };

  const readValue = (): JsonSpan => {
    const { token, start, end } = take();
    if (token === "{") return { kind: "object", start, ...readMembers() };
    if (token === "[") return { kind: "list", start, ...readItems() };
    if (token.startsWith('"')) return { kind: "text", start, end, text: JSON.parse(token) as string };
    return { kind: "other", start, end };
  };
  const readMembers = (): { readonly members: ReadonlyMap<string, JsonSpan>; readonly end: number } => {
    const members = new Map<string, JsonSpan>();
    while (tokens[next]?.token !== "}") {
      const name = JSON.parse(take().token) as string;
      take(); // the colon
      members.set(name, readValue());
      skipComma();
    }
    return { members, end: take().end };
  };
  const readItems = (): { readonly items: readonly JsonSpan[]; readonly end: number } => {
    const items: JsonSpan[] = [];
    while (tokens[next]?.token !== "]") {
      items.push(readValue());
      skipComma();
    }
    return { items, end: take().end };
  };
  return readValue();
}

/** Strings, what opens, closes and separates, and what else stands between: numbers and `true`, `false`, `null`. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;
