import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { SecretDeps } from "#lifecycle/instance-secret.ts";
import { type PageTokens, pageTokens } from "#lifecycle/page-token.ts";
import type { AcmePlace } from "#store/acme-endpoints.ts";
import type { Store } from "#store/store.ts";

/** What a list is asked for. */
export interface PageRequest {
  /** Undefined: as many as fit. */
  readonly limit: number | undefined;
  /** Where to go on: what the page before answered. */
  readonly pageToken: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

export interface PageDeps extends SecretDeps {
  readonly store: Store;
}

/** A list by creation: how it is read behind a place, and where each item stands. */
interface List<Item> {
  readonly read: (after: AcmePlace, limit: number) => Promise<readonly Item[]>;
  readonly placeOf: (item: Item) => AcmePlace;
}

/**
 * One page of a list. `name` tells lists apart, so that no token fits another one. Throws `acme-input-invalid` for a
 * token that was not answered for this list.
 */
export async function pageOf<Item>(
  { limit = MOST_RESULTS, pageToken }: PageRequest,
  name: readonly string[],
  caller: Owner,
  { read, placeOf }: List<Item>,
  deps: PageDeps,
): Promise<Page<Item>> {
  const tokens = await pageTokens(deps.store, caller, name, deps);
  const found = await read(pageToken === undefined ? BEGINNING : readPlace(pageToken, tokens), limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || last === undefined) return { items, nextToken: undefined };
  const { createdAt, key } = placeOf(last);
  return { items, nextToken: tokens.write([createdAt, key]) };
}

function readPlace(token: string, tokens: PageTokens): AcmePlace {
  const [createdAt, key] = tokens.read(token) ?? [];
  if (typeof createdAt === "number" && typeof key === "string") return { createdAt, key };
  throw new Refusal("acme-input-invalid", "The NextToken is not one that was answered for this list.");
}

const BEGINNING: AcmePlace = { createdAt: 0, key: "" };
const MOST_RESULTS = 100;
