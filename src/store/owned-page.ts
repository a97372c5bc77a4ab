import type { Owner } from "#domain/names.ts";

/** A part of an owner's list by id. */
export interface OwnedPage {
  /** Only these; undefined: all. */
  readonly ids?: readonly string[] | undefined;
  /** The last id of the page before; empty for the first. */
  readonly after: string;
  readonly limit: number;
}

interface Owned {
  where(column: "account" | "region", is: "=", value: string): this;
}

/** What of a query is an owner's. */
export function ofOwner<Query>(query: Query, { account, region }: Owner): Query {
  return (query as Query & Owned).where("account", "=", account).where("region", "=", region);
}
