import { pageDeliveries } from "#store/event-deliveries.ts";
import type { Store } from "#store/store.ts";

/** An event that a receiver has not had. */
export type Undelivered = Awaited<ReturnType<typeof pageDeliveries>>[number];

/** What was given up, and what is still tried, page by page in the order of events. */
export async function* undelivered({ store }: { readonly store: Store }): AsyncGenerator<readonly Undelivered[]> {
  for (const state of ["DEAD", "PENDING"] as const) {
    let after = { position: 0, target: "" };
    for (;;) {
      const page = await pageDeliveries(store, state, after, AT_ONCE);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < AT_ONCE) break;
      after = last;
    }
  }
}

const AT_ONCE = 200;
