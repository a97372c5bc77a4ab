import { Refusal } from "#domain/refusal.ts";

/** Which part of a list is asked for. */
export interface Pages {
  /** As the page before gave it. */
  readonly marker: string | undefined;
  readonly pageSize: number | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** For the next page; undefined when this is the last. */
  readonly nextMarker: string | undefined;
}

/**
 * One page of a list that is ordered by `key`. `ask` answers the items after a key, up to a number of them.
 * Throws `balancer-input-invalid` for a marker that no page gave.
 */
export async function page<Item>(
  { marker, pageSize = LARGEST }: Pages,
  key: (item: Item) => string,
  ask: (after: string | undefined, limit: number) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const found = await ask(marker === undefined ? undefined : readMarker(marker), pageSize + 1);
  const items = found.slice(0, pageSize);
  const last = found.length > pageSize ? items.at(-1) : undefined;
  return { items, nextMarker: last === undefined ? undefined : writeMarker(key(last)) };
}

/** One page of a fixed list. Throws as `page`. */
export function pageOf<Item>(
  { marker, pageSize = LARGEST }: Pages,
  list: readonly Item[],
  key: (item: Item) => string,
): Page<Item> {
  const after = marker === undefined ? undefined : readMarker(marker);
  const start = after === undefined ? 0 : list.findIndex((item) => key(item) === after) + 1;
  const items = list.slice(start, start + pageSize);
  const last = start + pageSize < list.length ? items.at(-1) : undefined;
  return { items, nextMarker: last === undefined ? undefined : writeMarker(key(last)) };
}

/** Everything on one page. */
export function onePage<Item>(items: readonly Item[]): Page<Item> {
  return { items, nextMarker: undefined };
}

function writeMarker(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function readMarker(marker: string): string {
  const key = Buffer.from(marker, "base64url");
  if (marker === "" || key.toString("base64url") !== marker || !/^[\x21-\x7e]{1,512}$/.test(key.toString("latin1"))) {
    throw new Refusal("balancer-input-invalid", "The marker is not valid");
  }
  return key.toString("latin1");
}

const LARGEST = 400;
