import { type AcmeDomainValidationArn, acmeDomainValidationArn } from "#domain/acme/arns.ts";
import { ACME_QUOTAS } from "#domain/acme/endpoint.ts";
import type { DomainScope } from "#domain/acme/scope.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Caller, DomainName, Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { instanceSecret } from "#lifecycle/instance-secret.ts";
import type { ProofDeps } from "#lifecycle/proof/proofs.ts";
import { validationRecord } from "#lifecycle/proof/validation-record.ts";
import {
  type AcmeDomainValidation,
  countAcmeDomains,
  findAcmeDomain,
  insertAcmeDomain,
  moveAcmeDomain,
  pageAcmeDomains,
  setAcmeDomain,
} from "#store/acme-domain-validations.ts";
import { holdAcmeEndpoint } from "#store/acme-endpoints.ts";
import { writeAcmeTags } from "#store/acme-tags.ts";
import type { Store } from "#store/store.ts";
import { ADVANCE_DOMAIN } from "./advance-domain-job.ts";
import { acmeNotFound, holdActiveEndpoint, ownEndpoint, readOwnArn } from "./find.ts";
import { madeBefore, requestIdentity } from "./once.ts";
import { type Page, type PageDeps, type PageRequest, pageOf } from "./pages.ts";
import { withAcmeTags } from "./tag-rules.ts";

export type { AcmeDomainValidation } from "#store/acme-domain-validations.ts";

export interface NewDomain {
  readonly endpointArn: string;
  /** Lower case, without a wildcard. */
  readonly domainName: string;
  readonly scope: DomainScope;
  readonly hostedZoneId: string | undefined;
  readonly tags: readonly Tag[];
  readonly idempotencyToken: string | undefined;
}

export interface DomainDeps extends PageDeps, Omit<ProofDeps, "root" | "ids"> {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Begins the validation of a domain for an endpoint; the job looks for its CNAME. Throws `acme-not-found`,
 * `acme-conflict` (the endpoint is not ACTIVE, or has this domain already), `acme-quota-exceeded`, and
 * `acme-input-invalid` for a scope that covers nothing and for tags.
 */
export async function createDomain(
  { endpointArn: endpointText, domainName, scope, hostedZoneId, ...wanted }: NewDomain,
  caller: Caller,
  deps: DomainDeps,
): Promise<AcmeDomainValidationArn> {
  const { endpointArn } = readOwnArn(endpointText, "acme-endpoint", caller);
  checkScope(scope);
  const tags = withAcmeTags([], wanted.tags);
  const asked = { domainName, scope, hostedZoneId, tags };
  const request = requestIdentity(caller, `domain ${endpointArn}`, wanted.idempotencyToken, asked);
  const arn = acmeDomainValidationArn(endpointArn, deps.ids.uuid());
  return await deps.store.transaction().execute(async (tx) => {
    await holdActiveEndpoint(tx, endpointArn, caller);
    const now = deps.clock.now();
    const earlier = await madeBefore(tx, "acmeDomainValidations", request, now);
    if (earlier !== undefined) return earlier as AcmeDomainValidationArn;
    if ((await countAcmeDomains(tx, endpointArn)) >= ACME_QUOTAS.domainValidations) {
      throw new Refusal(
        "acme-quota-exceeded",
        `The ACME endpoint has ${ACME_QUOTAS.domainValidations} domain validations, which is the most there can be.`,
      );
    }
    using secret = await instanceSecret(tx, "validation-records", deps);
    const record = validationRecord(secret, endpointArn, domainName as DomainName, deps.validationSuffix);
    const inserted = await insertAcmeDomain(tx, {
      arn,
      endpointArn,
      domainName,
      scope,
      hostedZoneId: hostedZoneId ?? null,
      createdAt: now.getTime(),
      recordName: record.name,
      recordValue: record.value,
      ...request,
    });
    if (!inserted) {
      throw new Refusal("acme-conflict", `The ACME endpoint has a domain validation of ${domainName} already.`);
    }
    await writeAcmeTags(tx, arn, tags);
    await enqueue(tx, { task: ADVANCE_DOMAIN, subject: arn }, now);
    return arn;
  });
}

/** Throws `acme-not-found`. */
export async function describeDomain(
  text: string,
  caller: Owner,
  { store }: DomainDeps,
): Promise<AcmeDomainValidation> {
  const { arn } = readOwnArn(text, "acme-domain-validation", caller);
  const domain = await findAcmeDomain(store, arn);
  if (!domain) throw acmeNotFound("acme-domain-validation", arn, caller);
  return domain;
}

/** One page of an endpoint's domain validations. Throws `acme-not-found` and `acme-input-invalid`. */
export async function listDomains(
  endpoint: string,
  request: PageRequest,
  caller: Owner,
  deps: DomainDeps,
): Promise<Page<AcmeDomainValidation>> {
  const { arn } = await ownEndpoint(deps.store, endpoint, caller);
  const read = {
    read: (after: Parameters<typeof pageAcmeDomains>[2], limit: number) =>
      pageAcmeDomains(deps.store, arn, after, limit),
    placeOf: ({ createdAt, arn: key }: AcmeDomainValidation) => ({ createdAt, key }),
  };
  return await pageOf(request, ["acme-domains", arn], caller, read, deps);
}

export interface DomainUpdate {
  /** What is undefined stays. */
  readonly scope: { readonly [Option in keyof DomainScope]: boolean | undefined };
  readonly hostedZoneId: string | undefined;
}

/**
 * Changes for which names a domain may be used, or in which zone its record is written. Throws `acme-not-found`,
 * `acme-input-invalid` for a scope that covers nothing, and `acme-conflict` when it is DELETING.
 */
export async function updateDomain(
  text: string,
  { scope, hostedZoneId }: DomainUpdate,
  caller: Owner,
  { store, clock }: DomainDeps,
): Promise<void> {
  const { arn, endpointArn } = readOwnArn(text, "acme-domain-validation", caller);
  await store.transaction().execute(async (tx) => {
    await holdAcmeEndpoint(tx, endpointArn);
    const present = await findAcmeDomain(tx, arn);
    if (!present) throw acmeNotFound("acme-domain-validation", arn, caller);
    const next: DomainScope = {
      exactDomain: scope.exactDomain ?? present.scope.exactDomain,
      subdomains: scope.subdomains ?? present.scope.subdomains,
      wildcards: scope.wildcards ?? present.scope.wildcards,
    };
    checkScope(next);
    const now = clock.now();
    const zone = hostedZoneId ?? present.hostedZoneId;
    if (!(await setAcmeDomain(tx, arn, { scope: next, hostedZoneId: zone, at: now.getTime() }))) {
      throw new Refusal("acme-conflict", `The domain validation ${arn} is ${present.status}.`);
    }
    await enqueue(tx, { task: ADVANCE_DOMAIN, subject: arn }, now);
  });
}

/** Marks a domain validation as DELETING: nothing is ordered by it any more. One that is gone is no fault. */
export async function deleteDomain(text: string, caller: Owner, { store, clock }: DomainDeps): Promise<void> {
  const { arn, endpointArn } = readOwnArn(text, "acme-domain-validation", caller);
  await store.transaction().execute(async (tx) => {
    await holdAcmeEndpoint(tx, endpointArn);
    const now = clock.now();
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- a look-up may have moved it since it was read
      const present = await findAcmeDomain(tx, arn);
      if (!present || present.status === "DELETING") return;
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      if (await moveAcmeDomain(tx, arn, present.status, { status: "DELETING" }, now.getTime())) break;
    }
    await enqueue(tx, { task: ADVANCE_DOMAIN, subject: arn }, now);
  });
}

function checkScope(scope: DomainScope): void {
  if (!scope.exactDomain && !scope.subdomains && !scope.wildcards) {
    throw new Refusal(
      "acme-input-invalid",
      "The DomainScope covers no name: at least one of ExactDomain, Subdomains and Wildcards must be ENABLED.",
    );
  }
}
