import { type AcmeEndpointArn, acmeEndpointArn } from "#domain/acme/arns.ts";
import { ACME_QUOTAS } from "#domain/acme/endpoint.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import {
  type AcmeEndpoint,
  type AcmeEndpointSettings,
  countAcmeEndpoints,
  holdAcmeEndpoint,
  holdAcmeOwner,
  insertAcmeEndpoint,
  moveAcmeEndpoint,
  pageAcmeEndpoints,
  setAcmeEndpoint,
} from "#store/acme-endpoints.ts";
import { writeAcmeTags } from "#store/acme-tags.ts";
import type { Store } from "#store/store.ts";
import { ADVANCE_ENDPOINT } from "./advance-endpoint.ts";
import { holdActiveEndpoint, ownEndpoint, readOwnArn } from "./find.ts";
import { madeBefore, requestIdentity } from "./once.ts";
import { type Page, type PageDeps, type PageRequest, pageOf } from "./pages.ts";
import { withAcmeTags } from "./tag-rules.ts";

export type { AcmeEndpoint } from "#store/acme-endpoints.ts";

export interface NewEndpoint extends AcmeEndpointSettings {
  readonly tags: readonly Tag[];
  /** What every certificate of this endpoint is tagged with. */
  readonly certificateTags: readonly Tag[];
  readonly idempotencyToken: string | undefined;
}

export interface EndpointDeps extends PageDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Records an endpoint that is CREATING; the job makes it ACTIVE. Throws `acme-quota-exceeded`, `acme-input-invalid` for
 * tags, and `acme-conflict` for a token that was used for another endpoint.
 */
export async function createEndpoint(
  { tags, idempotencyToken, ...wanted }: NewEndpoint,
  caller: Caller,
  { store, clock, ids }: EndpointDeps,
): Promise<AcmeEndpointArn> {
  const ownTags = withAcmeTags([], tags);
  const certificateTags = withAcmeTags([], wanted.certificateTags);
  const { account, region } = caller;
  const request = requestIdentity(caller, "endpoint", idempotencyToken, { ...wanted, tags });
  const arn = acmeEndpointArn(caller, ids.uuid());
  return await store.transaction().execute(async (tx) => {
    await holdAcmeOwner(tx, caller);
    const now = clock.now();
    const earlier = await madeBefore(tx, "acmeEndpoints", request, now);
    if (earlier !== undefined) return earlier as AcmeEndpointArn;
    if ((await countAcmeEndpoints(tx, caller)) >= ACME_QUOTAS.endpoints) {
      throw new Refusal(
        "acme-quota-exceeded",
        `Account ${account} has ${ACME_QUOTAS.endpoints} ACME endpoints in ${region}, which is the most there can be.`,
      );
    }
    const at = { createdAt: now.getTime(), updatedAt: now.getTime() };
    const { contact, allowedKeyAlgorithms } = wanted;
    const endpoint: AcmeEndpoint = {
      arn,
      account,
      region,
      ...at,
      status: "CREATING",
      failureReason: null,
      contact,
      allowedKeyAlgorithms,
      certificateTags,
    };
    if (!(await insertAcmeEndpoint(tx, endpoint, request))) throw new Error(`endpoint ${arn} was not recorded`);
    await writeAcmeTags(tx, arn, ownTags);
    await enqueue(tx, { task: ADVANCE_ENDPOINT, subject: arn }, now);
    return arn;
  });
}

/** Throws `acme-not-found`. */
export async function describeEndpoint(arn: string, caller: Owner, { store }: EndpointDeps): Promise<AcmeEndpoint> {
  return await ownEndpoint(store, arn, caller);
}

/** One page of the caller's endpoints. Throws `acme-input-invalid` for a token of another list. */
export async function listEndpoints(
  request: PageRequest,
  caller: Owner,
  deps: EndpointDeps,
): Promise<Page<AcmeEndpoint>> {
  const read = {
    read: (after: Parameters<typeof pageAcmeEndpoints>[2], limit: number) =>
      pageAcmeEndpoints(deps.store, caller, after, limit),
    placeOf: ({ createdAt, arn }: AcmeEndpoint) => ({ createdAt, key: arn }),
  };
  return await pageOf(request, ["acme-endpoints"], caller, read, deps);
}

/** What is undefined stays; an empty list of key algorithms takes the restriction away. */
export interface EndpointUpdate {
  readonly contact: AcmeEndpointSettings["contact"] | undefined;
  readonly certificateAuthority: Pick<AcmeEndpointSettings, "allowedKeyAlgorithms"> | undefined;
}

/** Throws `acme-not-found`, and `acme-conflict` when the endpoint is not ACTIVE. */
export async function updateEndpoint(
  text: string,
  { contact, certificateAuthority }: EndpointUpdate,
  caller: Owner,
  { store, clock }: EndpointDeps,
): Promise<void> {
  const { arn } = readOwnArn(text, "acme-endpoint", caller);
  await store.transaction().execute(async (tx) => {
    const present = await holdActiveEndpoint(tx, arn, caller);
    const settings = {
      contact: contact ?? present.contact,
      allowedKeyAlgorithms: (certificateAuthority ?? present).allowedKeyAlgorithms,
    };
    await setAcmeEndpoint(tx, arn, settings, clock.now().getTime());
  });
}

/**
 * Marks an endpoint as DELETING: from now on it answers no client, and the job removes it with all that belongs to it.
 * Certificates stay. An endpoint that is gone is no fault. Throws `acme-conflict` while it is CREATING.
 */
export async function deleteEndpoint(text: string, caller: Owner, { store, clock }: EndpointDeps): Promise<void> {
  const { arn } = readOwnArn(text, "acme-endpoint", caller);
  await store.transaction().execute(async (tx) => {
    const endpoint = await holdAcmeEndpoint(tx, arn);
    if (!endpoint || endpoint.status === "DELETING") return;
    if (endpoint.status === "CREATING") await holdActiveEndpoint(tx, arn, caller); // says what to wait for
    const now = clock.now();
    await moveAcmeEndpoint(tx, arn, endpoint.status, "DELETING", { at: now.getTime() });
    await enqueue(tx, { task: ADVANCE_ENDPOINT, subject: arn }, now);
  });
}
