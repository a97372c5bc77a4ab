/** A text that is not JSON, or in which a member stands twice: readers would not agree on what it says. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/** Reads a JSON object. Throws JsonError for anything else, for members that stand twice and for deep nesting. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JsonError("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new JsonError("it is no JSON object");
  checkMembers(text);
  return value as Readonly<Record<string, unknown>>;
}

/** Walks through a text that is known to be JSON; `names` holds the members of each open object, undefined for lists. */
function checkMembers(text: string): void {
  const names: (Set<string> | undefined)[] = [];
  let expectsName = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const open = names.at(-1);
    if (token === "{" || token === "[") {
      if (names.length === MOST_DEPTH) throw new JsonError(`it is nested more than ${MOST_DEPTH} deep`);
      names.push(token === "{" ? new Set() : undefined);
      expectsName = token === "{";
    } else if (token === "}" || token === "]") {
      names.pop();
      expectsName = false;
    } else if (token === ",") {
      expectsName = open !== undefined;
    } else if (expectsName && open) {
      const name = JSON.parse(token) as string; // "a" and "\u0061" are one name
      if (open.has(name)) throw new JsonError(`its member "${name.slice(0, 60)}" stands twice`);
      open.add(name);
      expectsName = false;
    }
  }
}

/** Strings, and what opens, closes and separates; nothing else matters here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
const MOST_DEPTH = 16;
