import { accountOfKeyId, isTemporary } from "#domain/identity/access-key-id.ts";
import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { accountOpenedAt, findKeyAccount } from "#store/access-keys.ts";
import type { Store } from "#store/store.ts";

export interface KeyOwnerDeps {
  readonly store: Store;
}

/**
 * Whose access key that is, active or not. Temporary ones are not kept: their id says it. Throws Refusal
 * `access-key-invalid` for one that never was.
 */
export async function accountOfAccessKey(id: string, { store }: KeyOwnerDeps): Promise<AccountId> {
  const account = isTemporary(id) ? await openedAccount(accountOfKeyId(id), store) : await findKeyAccount(store, id);
  if (account === undefined) throw new Refusal("access-key-invalid", `There is no access key with the ID ${id}.`);
  return account as AccountId;
}

async function openedAccount(account: AccountId | undefined, store: Store): Promise<AccountId | undefined> {
  return account && (await accountOpenedAt(store, account)) ? account : undefined;
}
