import { enqueue } from "#jobs/queue.ts";
import type { CampaignRow } from "#store/campaigns.ts";
import type { Tx } from "#store/store.ts";

/** The job that selects the certificates of a campaign; its subject is the campaign's id. */
export const SELECT = "campaign.select";
/** The job that works through a campaign; its subject is `<id>/<lane>`: as many lanes, as many certificates at a time. */
export const WORK = "campaign.work";
/** The job that leaves the certificates of an aborted campaign; its subject is the campaign's id. */
export const LEAVE = "campaign.leave";

/** Promises that all lanes of a campaign go on. */
export async function promiseWork(
  tx: Tx,
  { id, concurrency }: Pick<CampaignRow, "id" | "concurrency">,
  at: Date,
): Promise<void> {
  for (let lane = 0; lane < concurrency; lane += 1) await enqueue(tx, { task: WORK, subject: `${id}/${lane}` }, at);
}
