import { type AccountId, parseAccountId } from "#domain/names.ts";
import { findRootKey, insertAccount } from "#store/access-keys.ts";
import type { Store } from "#store/store.ts";
import { keepAccessKey } from "./keep-access-key.ts";
import { type AccessKey, type NewKeyDeps, newAccessKey, openAccessKey } from "./new-access-key.ts";

/** The account that a fresh installation begins with. */
export const FIRST_ACCOUNT: AccountId = first("123456789012");

/**
 * Opens the first account with a root access key, once, whichever node starts first. Answers the credentials file's
 * text if it did so just now. If the file is missing later, `readCredentialsFile` says it again.
 */
export async function ensureFirstAccount(deps: NewKeyDeps & { readonly store: Store }): Promise<string | undefined> {
  const opened = await deps.store.transaction().execute(async (tx) => {
    const fresh = await insertAccount(tx, FIRST_ACCOUNT, deps.clock.now().getTime());
    if (fresh) await keepAccessKey(tx, newAccessKey(FIRST_ACCOUNT, { kind: "root", edge: null }, deps), deps);
    return fresh;
  });
  return opened ? readCredentialsFile(deps) : undefined;
}

/** The credentials file of the first account's root key, in the form that AWS's tools read. */
export async function readCredentialsFile(deps: Pick<NewKeyDeps, "root"> & { readonly store: Store }): Promise<string> {
  const { accessKeyId, secretAccessKey } = await firstRootKey(deps);
  return `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

/** Whether the first account's root user has an active access key: it may have given up all of them. */
export async function hasRootKey({ store }: { readonly store: Store }): Promise<boolean> {
  return (await findRootKey(store, FIRST_ACCOUNT)) !== undefined;
}

/** The first account's root access key, in clear. */
export async function firstRootKey(deps: Pick<NewKeyDeps, "root"> & { readonly store: Store }): Promise<AccessKey> {
  const key = await findRootKey(deps.store, FIRST_ACCOUNT);
  if (!key) throw new Error(`account ${FIRST_ACCOUNT} has no active root access key`);
  return openAccessKey(key, deps);
}

function first(text: string): AccountId {
  const account = parseAccountId(text);
  if (account === undefined) throw new Error(`${text} is no account`);
  return account;
}
