import type { AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type AcmeAccount, endAcmeAccount, findAcmeAccount, pageAcmeAccounts } from "#store/acme-accounts.ts";
import type { Db, Store } from "#store/store.ts";
import { ownEndpoint } from "./find.ts";
import { type Page, type PageDeps, type PageRequest, pageOf } from "./pages.ts";
import { accountIdIn, type UrlDeps } from "./urls.ts";

export type { AcmeAccount } from "#store/acme-accounts.ts";

export interface AccountDeps extends PageDeps, UrlDeps {
  readonly store: Store;
}

/** An account of one of the caller's endpoints, by its URL. Throws `acme-not-found`. */
export async function describeAccount(
  endpoint: string,
  accountUrl: string,
  caller: Owner,
  deps: AccountDeps,
): Promise<AcmeAccount> {
  const { arn } = await ownEndpoint(deps.store, endpoint, caller);
  return await ownAccount(deps.store, arn, accountUrl, deps);
}

/** One page of an endpoint's accounts. Throws `acme-not-found` and `acme-input-invalid`. */
export async function listAccounts(
  endpoint: string,
  request: PageRequest,
  caller: Owner,
  deps: AccountDeps,
): Promise<Page<AcmeAccount>> {
  const { arn } = await ownEndpoint(deps.store, endpoint, caller);
  const read = {
    read: (after: Parameters<typeof pageAcmeAccounts>[2], limit: number) =>
      pageAcmeAccounts(deps.store, arn, after, limit),
    placeOf: ({ createdAt, id }: AcmeAccount) => ({ createdAt, key: id }),
  };
  return await pageOf(request, ["acme-accounts", arn], caller, read, deps);
}

/**
 * Ends an account for good: every request that it signs from now on is refused. Its certificates stay. Throws
 * `acme-not-found`, and `acme-conflict` when its client deactivated it.
 */
export async function revokeAccount(
  endpoint: string,
  accountUrl: string,
  caller: Owner,
  deps: AccountDeps,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const { arn } = await ownEndpoint(tx, endpoint, caller);
    const { id } = await ownAccount(tx, arn, accountUrl, deps);
    if (await endAcmeAccount(tx, id, "REVOKED")) return;
    const { status } = await ownAccount(tx, arn, accountUrl, deps);
    if (status === "DEACTIVATED") {
      throw new Refusal("acme-conflict", `The account ${accountUrl} is DEACTIVATED: its client ended it for good.`);
    }
  });
}

async function ownAccount(
  db: Db,
  endpoint: AcmeEndpointArn,
  accountUrl: string,
  deps: AccountDeps,
): Promise<AcmeAccount> {
  const id = accountIdIn(accountUrl, endpoint, deps);
  const account = id === undefined ? undefined : await findAcmeAccount(db, id);
  if (account?.endpointArn !== endpoint) {
    throw new Refusal("acme-not-found", `The ACME endpoint ${endpoint} has no account ${accountUrl.slice(0, 300)}.`);
  }
  return account;
}
