import type { Owner } from "#domain/names.ts";
import type { Db, Tx } from "#store/store.ts";
import { ensureNetwork, ensureNetworkOutside } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";

/** One transaction on an owner's networks. */
export interface NetworkWork extends Omit<NetworkDeps, "store"> {
  readonly tx: Tx;
  readonly owner: Owner;
}

/** A look at an owner's networks. */
export interface NetworkLook extends Omit<NetworkDeps, "store"> {
  readonly db: Db;
  readonly owner: Owner;
}

/** Changes an owner's networks: all of it or, when `perform` rejects, nothing. The default VPC is there. */
export function changeNetwork<Result>(
  owner: Owner,
  { store, clock, ids }: NetworkDeps,
  perform: (work: NetworkWork) => Promise<Result>,
): Promise<Result> {
  return store.transaction().execute(async (tx) => {
    await ensureNetwork(tx, owner, { clock, ids });
    return await perform({ tx, owner, clock, ids });
  });
}

/** Looks at an owner's networks. The default VPC is there. */
export async function askNetwork<Result>(
  owner: Owner,
  deps: NetworkDeps,
  look: (look: NetworkLook) => Promise<Result>,
): Promise<Result> {
  await ensureNetworkOutside(owner, deps);
  return await look({ db: deps.store, owner, clock: deps.clock, ids: deps.ids });
}
