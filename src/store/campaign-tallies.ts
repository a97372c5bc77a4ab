import { addTallies, TALLY_NAMES, type Tally } from "#domain/campaign/tally.ts";
import type { Db, Tx } from "./store.ts";

/** Adds to the counts of a campaign, in the row of this lane. */
export async function addTally(tx: Tx, campaignId: string, lane: number, change: Tally): Promise<void> {
  const changed = TALLY_NAMES.filter((name) => change[name] !== 0);
  if (changed.length === 0) return;
  await tx
    .insertInto("campaignTallies")
    .values({ campaignId, lane, ...change })
    .onConflict((conflict) =>
      conflict
        .columns(["campaignId", "lane"])
        .doUpdateSet((row) =>
          Object.fromEntries(changed.map((name) => [name, row(`campaignTallies.${name}`, "+", change[name])])),
        ),
    )
    .execute();
}

/** The counts of a campaign over all lanes. */
export async function readTally(db: Db, campaignId: string): Promise<Tally> {
  const rows = await db
    .selectFrom("campaignTallies")
    .select(TALLY_NAMES)
    .where("campaignId", "=", campaignId)
    .execute();
  return addTallies(rows);
}
