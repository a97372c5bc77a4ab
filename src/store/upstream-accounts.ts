import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export interface UpstreamAccount {
  readonly sealedKey: Uint8Array;
  /** Undefined until the CA knows the key. */
  readonly url: string | undefined;
  /** What the CA was told. */
  readonly contacts: readonly string[];
  /** How DNS records name the CA; undefined until it was asked. */
  readonly issuerName: string | undefined;
}

export async function findUpstreamAccount(db: Db, directory: string): Promise<UpstreamAccount | undefined> {
  const row = await db
    .selectFrom("upstreamAccounts")
    .select(["sealedKey", "url", "contacts", "issuerName"])
    .where("directory", "=", directory)
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

/** Keeps a sealed account key, unless there is one for this directory: the first one stays. */
export async function insertUpstreamAccount(
  db: Db,
  directory: string,
  sealedKey: Uint8Array,
  now: EpochMillis,
): Promise<void> {
  await db
    .insertInto("upstreamAccounts")
    .values({ directory, sealedKey, url: null, contacts: "[]", madeAt: now })
    .onConflict((conflict) => conflict.column("directory").doNothing())
    .execute();
}

/** Notes under which URL the CA knows the account with this key, and what it was told. */
export async function recordUpstreamAccount(
  db: Db,
  directory: string,
  sealedKey: Uint8Array,
  { url, contacts }: { readonly url: string; readonly contacts: readonly string[] },
): Promise<void> {
  await db
    .updateTable("upstreamAccounts")
    .set({ url, contacts: JSON.stringify(contacts) })
    .where("directory", "=", directory)
    .where("sealedKey", "=", sealedKey)
    .execute();
}

/** Notes how DNS records name the CA of an account. */
export async function recordIssuerName(db: Db, directory: string, issuerName: string): Promise<void> {
  await db.updateTable("upstreamAccounts").set({ issuerName }).where("directory", "=", directory).execute();
}

/** The CA no longer knows this account by this URL: its key is made known to it again. */
export async function forgetUpstreamAccountUrl(db: Db, directory: string, url: string): Promise<void> {
  await db
    .updateTable("upstreamAccounts")
    .set({ url: null })
    .where("directory", "=", directory)
    .where("url", "=", url)
    .execute();
}

/** The account with this key can never be used again: the next one gets another key. */
export async function deleteUpstreamAccount(db: Db, directory: string, sealedKey: Uint8Array): Promise<void> {
  await db
    .deleteFrom("upstreamAccounts")
    .where("directory", "=", directory)
    .where("sealedKey", "=", sealedKey)
    .execute();
}
