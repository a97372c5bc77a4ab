import { issuerNamesOf } from "#ca/issuer-names.ts";
import { campaignAfter } from "#domain/campaign/campaign.ts";
import { exposureClass, FATES, type Fate, fateOf, rankOf } from "#domain/campaign/item.ts";
import { addToPlan, NO_PLAN, type Plan } from "#domain/campaign/plan.ts";
import { isSelected, type Selection } from "#domain/campaign/selection.ts";
import type { Clock } from "#lib/clock.ts";
import { hasCome, later, SECOND } from "#lib/duration.ts";
import { runningDigest } from "#lib/running-digest.ts";
import { type Candidate, pageCandidates } from "#store/campaign-candidates.ts";
import { insertItems, type NewItem } from "#store/campaign-items.ts";
import { type CampaignRow, changeCampaign, findCampaign, holdCampaign } from "#store/campaigns.ts";
import type { Store } from "#store/store.ts";

export interface SelectDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * The job SELECT: goes through the certificates of all accounts by their ARNs, a page at a time, and keeps those that a
 * campaign is against, each with its rank. Killed, it goes on where it was.
 */
export async function selectCertificates(id: string, deps: SelectDeps): Promise<Date | undefined> {
  const end = later(deps.clock.now(), SECOND);
  for (;;) {
    const campaign = await findCampaign(deps.store, id);
    if (campaign?.state !== "PLANNING") return undefined;
    await selectPage(campaign, deps);
    const now = deps.clock.now();
    if (hasCome(end, now)) return now; // others have their turn
  }
}

async function selectPage(campaign: CampaignRow, { store, clock }: SelectDeps): Promise<void> {
  const { id, afterArn } = campaign;
  const selection = JSON.parse(campaign.selection) as Selection;
  const candidates = await pageCandidates(store, afterArn ?? undefined, PAGE);
  const selected = candidates.filter((candidate) => isWanted(selection, candidate));
  const now = clock.now();
  const last = candidates.at(-1);
  await store.transaction().execute(async (tx) => {
    const held = await holdCampaign(tx, id);
    if (held?.state !== "PLANNING" || held.afterArn !== afterArn) return; // aborted, or somebody else did this page
    const before = held.plan === null ? NO_PLAN : (JSON.parse(held.plan) as Plan);
    const plan = selected.reduce((sum, one) => addToPlan(sum, plannedOf(one)), before);
    await insertItems(
      tx,
      id,
      selected.map((one) => itemOf(id, one, now)),
    );
    const isLast = candidates.length < PAGE || !last;
    await changeCampaign(tx, id, "PLANNING", {
      plan: JSON.stringify(plan),
      afterArn: isLast ? null : last.arn,
      ...(isLast ? { state: campaignAfter("planned", held), plannedAt: now.getTime() } : {}),
    });
  });
}

function isWanted(selection: Selection, candidate: Candidate): boolean {
  const { subjectPublicKeyInfo, certificate } = candidate;
  return isSelected(selection, {
    ...candidate,
    keyFingerprint: selection.key === undefined ? undefined : fingerprint(subjectPublicKeyInfo),
    issuerNames: selection.issuer?.kind === "named" && certificate !== null ? issuerNamesOf(certificate) : [],
  });
}

function plannedOf(candidate: Candidate): Parameters<typeof addToPlan>[1] {
  const { users, validationMethod } = candidate;
  return {
    fate: fateOf(candidate),
    exposure: exposureClass(candidate),
    uses: users,
    needsApproval: validationMethod === "EMAIL",
  };
}

function itemOf(campaignId: string, candidate: Candidate, now: Date): NewItem {
  const { arn, account, region, domainName, generation, serial, exported, users } = candidate;
  const fate = fateOf(candidate);
  const skipped = SKIPPED[fate];
  return {
    campaignId,
    certificateArn: arn,
    account,
    region,
    domainName,
    position: rankOf(candidate, now),
    fate,
    state: skipped ? "SKIPPED" : "PENDING",
    generation,
    serial,
    exported: exported ? 1 : 0,
    users,
    looks: 0,
    problem: skipped ? `It ${FATES[fate]}.` : null,
  };
}

function fingerprint(subjectPublicKeyInfo: Uint8Array): string {
  const digest = runningDigest();
  digest.add(subjectPublicKeyInfo);
  return digest.end();
}

/** Nothing can be done about these here. */
const SKIPPED: Readonly<Record<Fate, boolean>> = {
  REPLACE_THEN_SEE: false,
  REPLACE_THEN_EXPORT: false,
  REPLACE: false,
  CLIENT_RENEWS: false,
  OWNER_IMPORTS: true,
  NOTHING: true,
};
const PAGE = 500;
