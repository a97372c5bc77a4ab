import type { AccountId } from "#domain/names.ts";
import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** An account at the CA of a directory, and whose it is here. */
export interface AccountPlace {
  readonly directory: string;
  readonly owner: AccountId;
}

export interface UpstreamAccount {
  readonly sealedKey: Uint8Array;
  /** Undefined until the CA knows the key. */
  readonly url: string | undefined;
  /** What the CA was told. */
  readonly contacts: readonly string[];
  /** How DNS records name the CA; undefined until it was asked. */
  readonly issuerName: string | undefined;
}

export async function findUpstreamAccount(
  db: Db,
  { directory, owner }: AccountPlace,
): Promise<UpstreamAccount | undefined> {
  const row = await db
    .selectFrom("upstreamAccounts")
    .select(["sealedKey", "url", "contacts", "issuerName"])
    .where("directory", "=", directory)
    .where("owner", "=", owner)
    .executeTakeFirst();
  return (
    row && {
      sealedKey: row.sealedKey,
      url: row.url ?? undefined,
      contacts: JSON.parse(row.contacts) as readonly string[],
      issuerName: row.issuerName ?? undefined,
    }
  );
}

/** Keeps a sealed account key, unless there is one for this place: the first one stays, and the answer is false. */
export async function insertUpstreamAccount(
  db: Db,
  { directory, owner }: AccountPlace,
  sealedKey: Uint8Array,
  now: EpochMillis,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("upstreamAccounts")
    .values({ directory, owner, sealedKey, url: null, contacts: "[]", madeAt: now })
    .onConflict((conflict) => conflict.columns(["directory", "owner"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Notes under which URL the CA knows the account with this key, and what it was told. */
export async function recordUpstreamAccount(
  db: Db,
  { directory, owner }: AccountPlace,
  sealedKey: Uint8Array,
  { url, contacts }: { readonly url: string; readonly contacts: readonly string[] },
): Promise<void> {
  await db
    .updateTable("upstreamAccounts")
    .set({ url, contacts: JSON.stringify(contacts) })
    .where("directory", "=", directory)
    .where("owner", "=", owner)
    .where("sealedKey", "=", sealedKey)
    .execute();
}

/** Notes how DNS records name the CA of an account. */
export async function recordIssuerName(db: Db, { directory, owner }: AccountPlace, issuerName: string): Promise<void> {
  await db
    .updateTable("upstreamAccounts")
    .set({ issuerName })
    .where("directory", "=", directory)
    .where("owner", "=", owner)
    .execute();
}

/** The CA no longer knows this account by this URL: its key is made known to it again. */
export async function forgetUpstreamAccountUrl(db: Db, { directory, owner }: AccountPlace, url: string): Promise<void> {
  await db
    .updateTable("upstreamAccounts")
    .set({ url: null })
    .where("directory", "=", directory)
    .where("owner", "=", owner)
    .where("url", "=", url)
    .execute();
}

/** The account with this key can never be used again: the next one gets another key. False when it is gone. */
export async function deleteUpstreamAccount(
  db: Db,
  { directory, owner }: AccountPlace,
  sealedKey: Uint8Array,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("upstreamAccounts")
    .where("directory", "=", directory)
    .where("owner", "=", owner)
    .where("sealedKey", "=", sealedKey)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
