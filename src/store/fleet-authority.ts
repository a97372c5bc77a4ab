import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export interface StoredAuthority {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly sealedKey: Uint8Array;
}

export function findFleetAuthority(db: Db): Promise<StoredAuthority | undefined> {
  return db
    .selectFrom("fleetAuthority")
    .select(["certificate", "sealedKey"])
    .where("id", "=", THE_ONE)
    .executeTakeFirst();
}

/** Stores the authority, unless another node has made one meanwhile: then false. */
export async function insertFleetAuthority(
  db: Db,
  authority: StoredAuthority,
  createdAt: EpochMillis,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("fleetAuthority")
    .values({ id: THE_ONE, ...authority, createdAt })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

const THE_ONE = "fleet";
