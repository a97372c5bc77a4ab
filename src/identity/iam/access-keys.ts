import type { LastUse } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { keepAccessKey, recordKeyGone } from "#identity/keep-access-key.ts";
import { type AccessKey, newAccessKey, openAccessKey } from "#identity/new-access-key.ts";
import type { Clock } from "#lib/clock.ts";
import {
  deleteKey,
  findKeyUse,
  holdAccount,
  type KeyHolder,
  listKeysOf,
  type ShownAccessKey,
  setKeyStatus,
} from "#store/access-keys.ts";
import { findEntityById } from "#store/iam-entities.ts";
import type { Tx } from "#store/store.ts";
import { callingUser } from "./calling-user.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed, held } from "./find.ts";
import { type Page, type Pages, pageOf } from "./paging.ts";

type Deps = Pick<IamDeps, "store">;

/**
 * A new access key of a user, or of the caller where none is named; its secret is answered now and never again. Throws
 * `entity-not-found`, `iam-limit-exceeded` for a third one.
 */
export async function createKey(
  user: string | undefined,
  caller: Caller,
  deps: IamDeps,
): Promise<AccessKey & { readonly user: string; readonly createdAt: Date }> {
  const whose = user ?? callingUser(caller);
  return await deps.store.transaction().execute(async (tx) => {
    const holder = await holdHolder(tx, whose, caller);
    if ((await listKeysOf(tx, holder)).length >= IAM_LIMITS.accessKeysPerUser) {
      const text = `Cannot exceed quota for AccessKeysPerUser: ${IAM_LIMITS.accessKeysPerUser}`;
      throw new Refusal("iam-limit-exceeded", text);
    }
    const owner = "userId" in holder ? { kind: "user" as const, userId: holder.userId } : { kind: "root" as const };
    const key = newAccessKey(caller.account, owner, deps);
    await keepAccessKey(tx, key, deps);
    return { ...openAccessKey(key, deps), user: whose ?? "", createdAt: new Date(key.createdAt) };
  });
}

/** The keys of a user, or of the caller. Throws `entity-not-found`, `marker-invalid`. */
export async function keysPage(
  user: string | undefined,
  pages: Pages,
  caller: Caller,
  { store }: Deps,
): Promise<Page<ShownAccessKey> & { readonly user: string }> {
  const whose = user ?? callingUser(caller);
  const holder: KeyHolder =
    whose === undefined
      ? { rootOf: caller.account }
      : { userId: (await entityNamed(store, caller.account, "user", whose)).id };
  const found = await pageOf(pages, "keys", await listKeysOf(store, holder), ({ id }) => id);
  return { ...found, user: whose ?? "" };
}

/** Switches a key on or off. Throws `entity-not-found`. */
export async function updateKey(
  user: string | undefined,
  id: string,
  status: "Active" | "Inactive",
  caller: Caller,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const holder = await holdHolder(tx, user ?? callingUser(caller), caller);
    if (!(await setKeyStatus(tx, id, holder, status))) throw notThere(id);
  });
}

/** Throws `entity-not-found`. */
export async function removeKey(
  user: string | undefined,
  id: string,
  caller: Caller,
  { store, clock }: Deps & { readonly clock: Clock },
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const holder = await holdHolder(tx, user ?? callingUser(caller), caller);
    if (!(await deleteKey(tx, id, holder))) throw notThere(id);
    await recordKeyGone(tx, id, caller.account, { clock });
  });
}

/** Whose a key of the account is, and when it was last used. Throws `entity-not-found`. */
export async function keyUse(
  id: string,
  { account }: Pick<Caller, "account">,
  { store }: Deps,
): Promise<{ readonly user: string | undefined; readonly lastUsed: LastUse | undefined }> {
  const found = await findKeyUse(store, id);
  if (found?.account !== account || found.kind === "edge") throw notThere(id);
  const user = found.userId === null ? undefined : await findEntityById(store, found.userId);
  return { user: user?.name, lastUsed: found.lastUsed };
}

/** Whose keys are changed, held to the end of the transaction: a user's, or the account's root user's. */
async function holdHolder(tx: Tx, user: string | undefined, { account }: Pick<Caller, "account">): Promise<KeyHolder> {
  if (user !== undefined) return { userId: (await held(tx, account, "user", user)).id };
  await holdAccount(tx, account);
  return { rootOf: account };
}

function notThere(id: string): Refusal {
  return new Refusal("entity-not-found", `The Access Key with id ${id} cannot be found.`);
}
