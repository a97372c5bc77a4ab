import { issuerNamesOf } from "#ca/issuer-names.ts";
import type { ItemFacts } from "#domain/campaign/next-item-step.ts";
import { isSignedBy, type Selection } from "#domain/campaign/selection.ts";
import { type ReplacementState, readReplacement } from "#store/campaign-candidates.ts";
import type { CampaignItem } from "#store/campaign-items.ts";
import type { CampaignRow } from "#store/campaigns.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { exportedGenerations } from "#store/certificate-exports.ts";
import { listDeployments } from "#store/deployments.ts";
import { readLookups, readValidations } from "#store/domain-validations.ts";
import { listPlaces } from "#store/edge-sightings.ts";
import type { Db } from "#store/store.ts";

/** A certificate of a campaign as it is now, and what follows from it. */
export interface ItemNow {
  readonly facts: ItemFacts;
  /** Undefined when it was deleted. */
  readonly certificate: ReplacementState | undefined;
}

export async function readItem(db: Db, item: CampaignItem, campaign: CampaignRow): Promise<ItemNow> {
  const { certificateArn: arn, fate, orderedGeneration, generation, exported, revokedAt, looks } = item;
  const certificate = await readReplacement(db, arn);
  const selection = JSON.parse(campaign.selection) as Selection;
  const isNew = certificate !== undefined && certificate.generation > generation;
  const isByTheSame = isNew && campaign.sameIssuer === 0 && isAgainst(selection, certificate);
  const replaced = isNew && !isByTheSame;
  const isClients = fate === "CLIENT_RENEWS";
  const waits = certificate?.status === "ISSUED" && !replaced && orderedGeneration !== null;
  return {
    certificate,
    facts: {
      fate,
      status: certificate?.status,
      replaced,
      ordered: orderedGeneration !== null,
      inVain: isByTheSame && orderedGeneration !== null && certificate.generation > orderedGeneration,
      unseen: replaced ? await whereUnseen(db, item, certificate.generation) : undefined,
      unexported:
        !isClients && replaced && certificate.exportedAt === null && (exported === 1 || (await wasExported(db, item))),
      revoked: revokedAt !== null,
      trouble: waits && !isClients ? await troubleOf(db, item, certificate) : undefined,
      looks,
      deadline: new Date(campaign.deadline ?? 0),
      revokeAtDeadline: campaign.revokeAtDeadline === 1,
    },
  };
}

function isAgainst({ issuer }: Selection, certificate: ReplacementState): boolean {
  if (issuer === undefined) return false;
  const { certificate: pem } = certificate;
  return isSignedBy(issuer, {
    ...certificate,
    issuerNames: issuer.kind === "named" && pem !== null ? issuerNamesOf(pem) : [],
  });
}

/** Whether the key of what is to be revoked was handed out since the campaign was planned. */
async function wasExported(db: Db, { certificateArn, generation }: CampaignItem): Promise<boolean> {
  return (await exportedGenerations(db, certificateArn)).some((one) => one >= generation);
}

/** A load balancer that may still serve the version before. Where no edge ever listened for it, nobody does. */
async function whereUnseen(db: Db, { certificateArn }: CampaignItem, generation: number): Promise<string | undefined> {
  if ((await usersOf(db, certificateArn)).length === 0) return undefined;
  for (const deployment of await listDeployments(db, certificateArn)) {
    const { state, loadBalancerArn, problem } = deployment;
    if (deployment.generation >= generation && state === "DEPLOYED") continue;
    if ((await listPlaces(db, deployment)).length === 0) continue;
    return problem ?? `${loadBalancerArn} was not seen with the new version on every edge yet.`;
  }
  return undefined;
}

/** Why there is no new version yet. */
async function troubleOf(
  db: Db,
  { certificateArn }: CampaignItem,
  { trouble }: ReplacementState,
): Promise<string | undefined> {
  const proofs = await readValidations(db, certificateArn, "RENEWAL");
  const unproven = proofs.find(({ status }) => status !== "SUCCESS");
  if (unproven?.method === "EMAIL") return `Somebody must approve ${unproven.domainName} by e-mail.`;
  const lookups = unproven ? await readLookups(db, certificateArn) : [];
  const problem = lookups.find(({ purpose, problem: found }) => purpose === "RENEWAL" && found !== undefined)?.problem;
  return problem ?? trouble ?? undefined;
}
