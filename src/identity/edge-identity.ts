import { findEdgeKey } from "#store/access-keys.ts";
import type { Store } from "#store/store.ts";
import { FIRST_ACCOUNT } from "./first-account.ts";
import { keepAccessKey } from "./keep-access-key.ts";
import { type AccessKey, type NewKeyDeps, newAccessKey, openAccessKey } from "./new-access-key.ts";

/**
 * The access key by which the edge process of that name proves itself, made when it has none. It may do nothing but
 * what domain/identity/permissions.ts gives an edge. Throws for a name that is none.
 */
export async function createEdgeIdentity(
  name: string,
  deps: NewKeyDeps & { readonly store: Store },
): Promise<AccessKey> {
  if (!EDGE_NAME.test(name)) throw new Error(`an edge is named by up to 63 of a-z, 0-9 and "-", not "${name}"`);
  const known = await findEdgeKey(deps.store, FIRST_ACCOUNT, name);
  if (known) return openAccessKey(known, deps);
  const made = newAccessKey(FIRST_ACCOUNT, { kind: "edge", edge: name }, deps);
  await deps.store.transaction().execute((tx) => keepAccessKey(tx, made, deps));
  const key = await findEdgeKey(deps.store, FIRST_ACCOUNT, name);
  if (!key) throw new Error(`the access key of the edge "${name}" is inactive`);
  return openAccessKey(key, deps);
}

const EDGE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
