import { Refusal } from "#domain/refusal.ts";

/** One page of a list, and where the next one begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined on the last page. */
  readonly nextMarker: string | undefined;
}

/** What a caller asks for: a size, and the marker of the page before. */
export interface PageRequest {
  readonly limit: number | undefined;
  readonly marker: string | undefined;
}

/** How many items to read, and behind which place; refuses a marker that no page of this list gave. */
export function readPage(
  { limit, marker }: PageRequest,
  list: string,
  size: { readonly unasked: number; readonly most: number },
): { readonly after: string; readonly limit: number } {
  return {
    after: marker === undefined ? "" : readMarker(marker, list),
    limit: Math.min(limit ?? size.unasked, size.most),
  };
}

/** The page that `rows` make, of which one more than `limit` was read to know whether there is a next. */
export function toPage<Item>(
  rows: readonly Item[],
  list: string,
  limit: number,
  place: (item: Item) => string,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextMarker: more ? Buffer.from(`${list} ${place(last)}`).toString("base64url") : undefined };
}

/** Refuses a marker that this list did not give. */
export function markerInvalid(): Refusal {
  return new Refusal("marker-invalid", "The marker is not one that this list returned.");
}

function readMarker(marker: string, list: string): string {
  const text = Buffer.from(marker, "base64url").toString();
  const genuine = Buffer.from(text).toString("base64url") === marker && text.startsWith(`${list} `);
  if (!genuine) throw markerInvalid();
  return text.slice(list.length + 1);
}
