import { Refusal } from "#domain/refusal.ts";

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly token?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** For the next part; undefined behind the last. */
  readonly token: string | undefined;
}

/**
 * One page of a list by name. A token belongs to the list and the prefix that gave it. Throws `event-value-invalid` for
 * any other.
 */
export async function pageOf<Item>(
  list: string,
  { prefix = "", limit = MOST, token }: PageRequest,
  nameOf: (item: Item) => string,
  read: (page: { readonly prefix: string; readonly after: string; readonly limit: number }) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const after = token === undefined ? "" : readToken(token, list, prefix);
  const found = await read({ prefix, after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, token: more ? writeToken(list, prefix, nameOf(last)) : undefined };
}

function writeToken(...parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function readToken(token: string, ...expected: readonly string[]): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parts) && parts.length === 3 && expected.every((part, at) => parts[at] === part)) {
      const name: unknown = parts[2];
      if (typeof name === "string" && !name.includes("\0")) return name;
    }
  } catch {
    // refused below
  }
  throw new Refusal("event-value-invalid", "Parameter NextToken is not valid: it belongs to another list.");
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html: at most 100 a page. */
const MOST = 100;
