import type { UrlDeps } from "#acme/urls.ts";
import type { PrepareDeps, SignDeps } from "#ca/issue.ts";
import type { RootOfCustody } from "#custody/root.ts";
import type { CaaDeps } from "#lifecycle/proof/check-caa.ts";
import type { Store } from "#store/store.ts";

/** What answering ACME clients takes of the rest of the product. */
export interface ServerDeps extends UrlDeps, PrepareDeps, Omit<SignDeps, "store">, Omit<CaaDeps, "store"> {
  readonly store: Store;
  readonly root: RootOfCustody;
  /** Limits the requests of each account as AWS does; without it nobody is limited. */
  readonly acmeRateLimits?: boolean;
}
