import { issuerFor } from "#ca/hierarchies/issuer-for.ts";
import type { Signers } from "#ca/signers.ts";
import { keyDestroyedAct } from "#custody/sealed-key-acts.ts";
import type { ZoneDeps } from "#dns/zone-deps.ts";
import { type AcmeEndpointArn } from "#domain/acme/arns.ts";
import { ACME_KEY_ALGORITHMS } from "#domain/acme/endpoint.ts";
import { recordIn } from "#journal/journal.ts";
import { later } from "#lib/duration.ts";
import { keyFamily } from "#lib/x509-algorithms.ts";
import { ACME_LEAF_LIFETIME } from "#lifecycle/acme/issue-for-acme.ts";
import { deleteAcmeAccounts } from "#store/acme-accounts.ts";
import { pageAcmeDomains } from "#store/acme-domain-validations.ts";
import { type AcmeEndpoint, deleteAcmeEndpoint, findAcmeEndpoint, moveAcmeEndpoint } from "#store/acme-endpoints.ts";
import { deleteAcmeTagsWithin } from "#store/acme-tags.ts";
import { removeDomain } from "./zone-record.ts";

/** The name of the job that brings an endpoint into being, and removes it. */
export const ADVANCE_ENDPOINT = "acme.endpoint.advance";

export interface AdvanceEndpointDeps extends ZoneDeps {
  readonly signers: Signers;
}

/** The job: makes an endpoint ACTIVE once the CA can issue for it, or removes one that is DELETING. */
export async function advanceEndpoint(subject: string, deps: AdvanceEndpointDeps): Promise<Date | undefined> {
  const arn = subject as AcmeEndpointArn;
  const { store } = deps;
  const endpoint = await findAcmeEndpoint(store, arn);
  if (endpoint?.status === "CREATING") await bringUp(endpoint, deps);
  return endpoint?.status === "DELETING" ? await takeDown(arn, endpoint, deps) : undefined;
}

/** A part of what belongs to an endpoint at a time; with the last of it the endpoint itself. */
async function takeDown(
  arn: AcmeEndpointArn,
  owner: AcmeEndpoint,
  deps: AdvanceEndpointDeps,
): Promise<Date | undefined> {
  const { store, clock } = deps;
  const domains = await pageAcmeDomains(store, arn, { createdAt: 0, key: "" }, DOMAINS_AT_ONCE);
  for (const domain of domains) await removeDomain(domain, owner.account, deps);
  const more = await store.transaction().execute(async (tx) => {
    if ((await deleteAcmeAccounts(tx, arn, ACCOUNTS_AT_ONCE)) === ACCOUNTS_AT_ONCE) return true;
    if (domains.length === DOMAINS_AT_ONCE) return true;
    await deleteAcmeTagsWithin(tx, arn);
    for (const resource of await deleteAcmeEndpoint(tx, arn)) {
      await recordIn(tx, keyDestroyedAct({ resource, owner }), clock);
    }
    return false;
  });
  return more ? clock.now() : undefined;
}

/** Every issuer that could be asked must outlive what it would sign. */
async function bringUp({ arn, account, allowedKeyAlgorithms }: AcmeEndpoint, deps: AdvanceEndpointDeps): Promise<void> {
  const now = deps.clock.now();
  const families = new Set((allowedKeyAlgorithms ?? ACME_KEY_ALGORITHMS).map(keyFamily));
  const issuers = await Promise.all(
    [...families].map((family) => issuerFor(deps.store, { account, purpose: "acme", family }, now, deps.signers)),
  );
  const ending = issuers.find(({ notAfter }) => notAfter < later(now, ACME_LEAF_LIFETIME));
  const failureReason =
    ending && `The CA ${ending.id} ends ${ending.notAfter.toISOString()}: it cannot sign certificates of 45 days.`;
  await deps.store.transaction().execute((tx) =>
    moveAcmeEndpoint(tx, arn, "CREATING", ending ? "FAILED" : "ACTIVE", {
      at: now.getTime(),
      failureReason: failureReason ?? null,
    }),
  );
}

const ACCOUNTS_AT_ONCE = 200;
const DOMAINS_AT_ONCE = 100;
