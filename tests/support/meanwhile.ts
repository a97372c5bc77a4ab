import type { Store, Tx } from "#store/store.ts";

/** A store in front of whose next transaction something else happens. */
export function meanwhile(store: Store, act: () => Promise<void>): Store {
  let first: (() => Promise<void>) | undefined = act;
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "transaction") return typeof value === "function" ? value.bind(target) : value;
      return () => ({
        async execute<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
          const now = first;
          first = undefined;
          await now?.();
          return await target.transaction().execute(work);
        },
      });
    },
  });
}
