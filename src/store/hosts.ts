import type { Owner } from "#domain/names.ts";
import type { Db } from "./store.ts";

/** Where the host with that instance id is reached; undefined when the owner has none of that id. */
export async function hostAddress(db: Db, owner: Owner, instanceId: string): Promise<string | undefined> {
  return (await hostAddressesOf(db, owner, [instanceId])).get(instanceId);
}

/** Where hosts are reached, by their instance ids; those that the owner does not have are left out. */
export async function hostAddressesOf(
  db: Db,
  { account, region }: Owner,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (instanceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("hosts")
    .select(["instanceId", "address"])
    .where("account", "=", account)
    .where("region", "=", region)
    .where("instanceId", "in", instanceIds)
    .execute();
  return new Map(rows.map(({ instanceId, address }) => [instanceId, address]));
}
