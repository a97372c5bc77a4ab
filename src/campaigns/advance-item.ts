import type { CertificateArn } from "#domain/arn.ts";
import { nextItemStep } from "#domain/campaign/next-item-step.ts";
import type { Ids } from "#lib/ids.ts";
import type { AdvanceDeps } from "#lifecycle/advance.ts";
import { advanceTurn } from "#lifecycle/advance-turn.ts";
import { inviteRenewal, orderVersion } from "#lifecycle/order-version.ts";
import { revokeVersions } from "#lifecycle/revoke-versions.ts";
import { type CampaignItem, type ItemChange, moveItem } from "#store/campaign-items.ts";
import { type CampaignRow, findCampaign } from "#store/campaigns.ts";
import { exportedGenerations } from "#store/certificate-exports.ts";
import { type CertificateState, changeCertificate, holdCertificate } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";
import { type ItemNow, readItem } from "./item-facts.ts";
import { recordForCertificate } from "./record.ts";

export interface AdvanceItemDeps extends AdvanceDeps {
  readonly ids: Ids;
  /** Told when a campaign is stopped because it helps nobody. */
  readonly onStop?: (problem: string) => Promise<void>;
}

/**
 * Takes a certificate as far as it goes now: orders its new version and goes through the steps of a renewal with it,
 * revokes the version before when nobody needs it any more, or puts it off with the reason. Every step looks at what is,
 * and changes it in one transaction that names the item as it was: done twice, late, or by two at once, it does no harm.
 */
export async function advanceItem(
  taken: CampaignItem,
  campaign: CampaignRow,
  lane: number,
  deps: AdvanceItemDeps,
): Promise<void> {
  let item: CampaignItem | undefined = taken;
  for (let left = MOST_STEPS; item !== undefined && left > 0; left -= 1) {
    item = await stepOf(item, campaign, lane, deps);
  }
}

/** Does one step; the item if another one may follow at once. */
async function stepOf(
  item: CampaignItem,
  campaign: CampaignRow,
  lane: number,
  deps: AdvanceItemDeps,
): Promise<CampaignItem | undefined> {
  const now = deps.clock.now();
  const found = await readItem(deps.store, item, campaign);
  const replacement = replacementOf(item, found, now);
  const step = nextItemStep(found.facts, now);
  const change = (moved: ItemChange): Promise<CampaignItem | undefined> =>
    deps.store.transaction().execute((tx) => moveItem(tx, lane, item, { ...replacement, ...moved }));
  switch (step.kind) {
    case "done":
      await change({ state: "DONE", nextAt: null });
      return undefined;
    case "skip":
      await change({ state: "SKIPPED", problem: step.problem, nextAt: null });
      return undefined;
    case "wait": {
      const { state, problem = null, again } = step;
      // One that is further than it was is looked at afresh.
      const looks = state === item.state ? item.looks + 1 : 1;
      await change({ state, problem, looks, nextAt: again.getTime() });
      return undefined;
    }
    case "stop":
      await deps.onStop?.(step.problem);
      // Whoever resumes it has seen to that: another version is ordered then.
      await change({
        state: "REPLACING",
        problem: step.problem,
        orderedGeneration: null,
        looks: item.looks + 1,
        nextAt: now.getTime(),
      });
      return undefined;
    case "order": {
      const ordered = await order(item, campaign, lane, deps);
      if (ordered && item.fate !== "CLIENT_RENEWS") await renewNow(item.certificateArn, deps);
      return ordered;
    }
    case "revoke":
      return await revoke(item, found, step.problem, campaign, lane, deps);
  }
}

/** Which version took the place of the one before, and when that was found: it is kept with whatever happens next. */
function replacementOf({ replacedAt }: CampaignItem, { facts, certificate }: ItemNow, now: Date): ItemChange {
  if (!facts.replaced || replacedAt !== null) return {};
  return { replacedAt: now.getTime(), newSerial: certificate?.serial ?? null };
}

async function order(
  item: CampaignItem,
  campaign: CampaignRow,
  lane: number,
  deps: AdvanceItemDeps,
): Promise<CampaignItem | undefined> {
  return await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdCertificate(tx, item.certificateArn);
    if (certificate?.status !== "ISSUED") return item; // looked at again
    const change = { state: "REPLACING", orderedGeneration: certificate.generation, looks: 0 } as const;
    const moved = await moveItem(tx, lane, item, change);
    if (!moved) return undefined;
    const now = deps.clock.now();
    if (item.fate === "CLIENT_RENEWS") await inviteRenewal(tx, certificate, now);
    else await orderVersion(tx, certificate, now);
    await recordForCertificate(tx, campaign, certificate, "CampaignOrderedVersion", deps);
    return moved;
  });
}

/** What goes wrong here is noted with the certificate, and its own job tries again. */
async function renewNow(arn: CertificateArn, deps: AdvanceItemDeps): Promise<void> {
  await advanceTurn(arn, deps).catch(() => undefined);
}

/**
 * Revokes the version that the campaign is against, whatever was in force since and is not, and all earlier ones whose
 * keys were handed out.
 */
async function revoke(
  item: CampaignItem,
  found: ItemNow,
  problem: string | undefined,
  campaign: CampaignRow,
  lane: number,
  deps: AdvanceItemDeps,
): Promise<CampaignItem | undefined> {
  const { facts } = found;
  return await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdCertificate(tx, item.certificateArn);
    const isStill = (await findCampaign(tx, campaign.id))?.state === "RUNNING";
    if (!certificate || !isStill) return undefined;
    if (certificate.generation !== found.certificate?.generation) return item; // a new version came: looked at again
    const now = deps.clock.now();
    const moved = await moveItem(tx, lane, item, {
      ...replacementOf(item, found, now),
      revokedAt: now.getTime(),
      ...(facts.replaced ? { state: "DONE", nextAt: null } : {}),
      problem: problem ?? null,
    });
    if (!moved) return undefined;
    const generations = await toRevoke(tx, item, certificate, facts.replaced);
    await revokeVersions(tx, certificate, generations, campaign.reason, deps);
    if (!facts.replaced && item.fate !== "CLIENT_RENEWS") {
      const trouble = `The version in force was revoked by the campaign ${campaign.id} before it could be replaced.`;
      await changeCertificate(tx, certificate.arn, certificate, { trouble });
    }
    await recordForCertificate(tx, campaign, certificate, "CampaignRevokedVersion", deps);
    return facts.replaced ? undefined : moved;
  });
}

async function toRevoke(
  tx: Tx,
  { generation, certificateArn }: CampaignItem,
  certificate: CertificateState,
  replaced: boolean,
): Promise<readonly number[]> {
  const last = replaced ? certificate.generation - 1 : certificate.generation;
  const since = Array.from({ length: Math.max(0, last - generation + 1) }, (_, i) => generation + i);
  const exported = (await exportedGenerations(tx, certificateArn)).filter((one) => one < generation);
  return [...exported, ...since];
}

/** Order, look, revoke, look once more. */
const MOST_STEPS = 5;
