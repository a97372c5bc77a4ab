import { type Page, readPage, toPage } from "#domain/keys/marker.ts";

export type { Page } from "#domain/keys/marker.ts";

/** Which part of a list is asked for. */
export interface Pages {
  readonly limit: number | undefined;
  readonly marker: string | undefined;
}

/**
 * One page of the list of that name, which is ordered by `place`. `ask` answers the items behind a place, up to a
 * number of them. Throws `marker-invalid` for a marker that no page of this list gave.
 */
export async function page<Item>(
  pages: Pages,
  list: string,
  place: (item: Item) => string,
  ask: (after: string, limit: number) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const { after, limit } = readPage(pages, list, SIZE);
  return toPage(await ask(after, limit + 1), list, limit, place);
}

/** One page of a list that is there as a whole. Throws as `page`. */
export function pageOf<Item>(
  pages: Pages,
  list: string,
  items: readonly Item[],
  place: (item: Item) => string,
): Promise<Page<Item>> {
  return page(pages, list, place, (after, limit) => {
    const start = after === "" ? 0 : items.findIndex((item) => place(item) === after) + 1;
    return Promise.resolve(items.slice(start, start + limit));
  });
}

const SIZE = { unasked: 100, most: 1000 };
