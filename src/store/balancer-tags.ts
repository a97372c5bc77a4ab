import type { Db, Tx } from "./store.ts";

/** A tag of a load balancer, listener or target group; without a value it is empty. */
export interface BalancerTag {
  readonly resourceArn: string;
  readonly key: string;
  readonly value: string;
}

/** Sets tags; one whose key is there takes the new value. */
export async function putBalancerTags(tx: Tx, tags: readonly BalancerTag[]): Promise<void> {
  if (tags.length === 0) return;
  await tx
    .insertInto("balancerTags")
    .values([...tags])
    .onConflict((conflict) =>
      conflict.columns(["resourceArn", "key"]).doUpdateSet((row) => ({ value: row.ref("excluded.value") })),
    )
    .execute();
}

export async function removeBalancerTags(
  tx: Tx,
  resourceArns: readonly string[],
  keys: readonly string[],
): Promise<void> {
  await tx.deleteFrom("balancerTags").where("resourceArn", "in", resourceArns).where("key", "in", keys).execute();
}

/** Removes all tags of resources that are removed. */
export async function dropBalancerTags(tx: Tx, resourceArns: readonly string[]): Promise<void> {
  await tx.deleteFrom("balancerTags").where("resourceArn", "in", resourceArns).execute();
}

/** The tags of resources, by resource and key. */
export function listBalancerTags(db: Db, resourceArns: readonly string[]): Promise<BalancerTag[]> {
  return db
    .selectFrom("balancerTags")
    .select(["resourceArn", "key", "value"])
    .where("resourceArn", "in", resourceArns)
    .orderBy("resourceArn")
    .orderBy("key")
    .execute();
}
