import type { TrustStore } from "#domain/balancers/trust-store.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { listListenersTrusting } from "#store/listeners.ts";
import type { Store } from "#store/store.ts";
import { findTrustStoreByName, listTrustStores } from "#store/trust-stores.ts";
import { trustStoreNotFound, trustStoreOf } from "./find.ts";
import { onePage, type Page, type Pages, page } from "./paging.ts";

export interface TrustStoreQuery extends Pages {
  readonly arns: readonly string[];
  readonly names: readonly string[];
}

type StoreDeps = { readonly store: Store };

/** An owner's trust stores: those named, or all by name. Throws `trust-store-not-found` when one named is missing. */
export async function findTrustStores(
  query: TrustStoreQuery,
  owner: Owner,
  { store }: StoreDeps,
): Promise<Page<TrustStore>> {
  const { arns, names } = query;
  if (arns.length > 0 && names.length > 0) {
    throw new Refusal("balancer-input-invalid", "You can specify trust store ARNs or names, but not both");
  }
  if (arns.length > 0) {
    return onePage(await Promise.all([...new Set(arns)].map((arn) => trustStoreOf(store, arn, owner))));
  }
  if (names.length > 0) {
    const named = async (name: string): Promise<TrustStore> =>
      (await findTrustStoreByName(store, owner, name)) ?? trustStoreNotFound(name);
    return onePage(await Promise.all([...new Set(names)].map(named)));
  }
  return await page(
    query,
    ({ name }) => name,
    (after, limit) => listTrustStores(store, owner, after, limit),
  );
}

/** The listeners that ask their clients by a trust store, by ARN. Throws `trust-store-not-found`. */
export async function findAssociations(
  text: string,
  pages: Pages,
  owner: Owner,
  { store }: StoreDeps,
): Promise<Page<string>> {
  const { arn } = await trustStoreOf(store, text, owner);
  const { items, nextMarker } = await page<{ readonly arn: string }>(
    pages,
    (listener) => listener.arn,
    (after, limit) => listListenersTrusting(store, arn, after, limit),
  );
  return { items: items.map((listener) => listener.arn), nextMarker };
}

/**
 * Trust stores are not shared between accounts here, so that there is no association to end: throws
 * `trust-store-association-own` for one that is there, `trust-store-association-not-found`, `trust-store-not-found`.
 */
export async function endSharedAssociation(
  text: string,
  resourceArn: string,
  owner: Owner,
  { store }: StoreDeps,
): Promise<never> {
  const { arn } = await trustStoreOf(store, text, owner);
  for (let after: string | undefined; ; ) {
    const listeners = await listListenersTrusting(store, arn, after, PAGE);
    if (listeners.some((listener) => listener.arn === resourceArn || listener.loadBalancerArn === resourceArn)) {
      throw new Refusal(
        "trust-store-association-own",
        `'${resourceArn}' is in the same account as the trust store: end the association by ModifyListener`,
      );
    }
    after = listeners.at(-1)?.arn;
    if (listeners.length < PAGE) break;
  }
  throw new Refusal("trust-store-association-not-found", `'${resourceArn}' has no association with '${arn}'`);
}

const PAGE = 500;
