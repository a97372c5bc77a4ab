import { IAM_LIMITS } from "#domain/identity/limits.ts";
import { type AccountId, parseAccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { holdAccount, insertAccount, listKeysOf } from "#store/access-keys.ts";
import type { Store, Tx } from "#store/store.ts";
import { keepAccessKey } from "./keep-access-key.ts";
import { type AccessKey, type NewKeyDeps, newAccessKey, openAccessKey } from "./new-access-key.ts";

type Deps = NewKeyDeps & { readonly store: Store };

/** Opens an account with a root access key, whose secret is answered now. Throws `entity-exists`. */
export async function openAccount(id: string, deps: Deps): Promise<AccessKey> {
  const account = readAccount(id);
  return await deps.store.transaction().execute(async (tx) => {
    if (!(await insertAccount(tx, account, deps.clock.now().getTime()))) {
      throw new Refusal("entity-exists", `The account ${account} is there already.`);
    }
    return await addRootKey(tx, account, deps);
  });
}

/** Another root access key of an account, for an operator who has none. Throws `entity-not-found`, `iam-limit-exceeded`. */
export async function newRootKey(id: string, deps: Deps): Promise<AccessKey> {
  const account = readAccount(id);
  return await deps.store.transaction().execute(async (tx) => {
    if (!(await holdAccount(tx, account))) {
      throw new Refusal("entity-not-found", `There is no account ${account}.`);
    }
    const keys = await listKeysOf(tx, { rootOf: account });
    if (keys.length >= IAM_LIMITS.accessKeysPerUser) {
      const ids = keys.map((key) => key.id).join(" and ");
      const text = `The root user of account ${account} has two access keys, ${ids}: delete one with DeleteAccessKey first.`;
      throw new Refusal("iam-limit-exceeded", text);
    }
    return await addRootKey(tx, account, deps);
  });
}

async function addRootKey(tx: Tx, account: AccountId, deps: NewKeyDeps): Promise<AccessKey> {
  const key = newAccessKey(account, { kind: "root" }, deps);
  await keepAccessKey(tx, key, deps);
  return openAccessKey(key, deps);
}

function readAccount(text: string): AccountId {
  const account = parseAccountId(text);
  if (account === undefined) {
    throw new Refusal("principal-input-invalid", `"${text}" is no account: it must be twelve digits.`);
  }
  return account;
}
