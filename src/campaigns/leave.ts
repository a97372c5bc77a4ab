import { hasCome, later, SECOND } from "#lib/duration.ts";
import { withdrawOrder } from "#lifecycle/order-version.ts";
import { type CampaignItem, moveItem, openItems, PLANNER } from "#store/campaign-items.ts";
import { findCampaign } from "#store/campaigns.ts";
import { holdCertificate } from "#store/certificates.ts";
import type { ChangeDeps } from "./change.ts";

/**
 * The job LEAVE: leaves the certificates with which an aborted campaign was not done. Each is whole: it has its version
 * before, or its new one; a new version that was ordered for the campaign alone, and is not there yet, is wanted no longer.
 */
export async function leaveCertificates(id: string, deps: ChangeDeps): Promise<Date | undefined> {
  const { store, clock } = deps;
  const end = later(clock.now(), SECOND);
  for (;;) {
    if ((await findCampaign(store, id))?.state !== "ABORTED") return undefined;
    const items = await openItems(store, id, PAGE);
    if (items.length === 0) return undefined;
    for (const item of items) await leave(item, deps);
    const now = clock.now();
    if (hasCome(end, now)) return now;
  }
}

async function leave(item: CampaignItem, { store, clock }: ChangeDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const isWaiting = item.orderedGeneration !== null && item.replacedAt === null && item.fate !== "CLIENT_RENEWS";
    const certificate = isWaiting ? await holdCertificate(tx, item.certificateArn) : undefined;
    const moved = await moveItem(tx, PLANNER, item, { state: "LEFT", nextAt: null });
    if (moved && certificate) await withdrawOrder(tx, certificate, clock.now());
  });
}

const PAGE = 100;
