import type { PrepareDeps, SignDeps } from "#ca/issue.ts";
import { TimestampsMissing } from "#ca/transparency/outside/timestamps.ts";
import type { NamePolicy } from "#domain/certificate/public-names.ts";
import { enqueue } from "#jobs/queue.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { type AcmeVersion, type BegunLeaf, recordForAcme, signForAcme } from "#lifecycle/acme/issue-for-acme.ts";
import { recordAcmeIssuance } from "#lifecycle/acts.ts";
import { CannotIssue } from "#lifecycle/authority.ts";
import { findAcmeAccount } from "#store/acme-accounts.ts";
import { type AcmeEndpoint, findAcmeEndpoint } from "#store/acme-endpoints.ts";
import { type AcmeOrder, failAcmeOrder, findAcmeOrder, finishAcmeOrder } from "#store/acme-orders.ts";
import { deleteJob } from "#store/jobs.ts";
import type { Store, Tx } from "#store/store.ts";
import { findUncovered } from "./coverage.ts";
import { orderValidity, type WishedValidity } from "./order-validity.ts";

/** The name of the job that brings an order to its end when the process that began to do so died. */
export const COMPLETE_ORDER = "acme.order.complete";

export interface CompleteDeps extends PrepareDeps, Omit<SignDeps, "store"> {
  readonly store: Store;
}

/** Promises to complete an order, in the transaction that begins to; whoever completes it first takes that back. */
export async function promiseCompletion(tx: Tx, orderId: string, now: Date): Promise<Date> {
  const at = later(now, TAKE_OVER_AFTER);
  await enqueue(tx, { task: COMPLETE_ORDER, subject: orderId }, at);
  return at;
}

/**
 * The job. Running it twice, late, or on two machines at once does no harm. It may come long after the order was begun, as
 * where logs of others did not answer for days: whoever may not have the certificate any more gets none.
 */
export async function completeOrder(orderId: string, deps: CompleteDeps & NamePolicy): Promise<Date | undefined> {
  const { store } = deps;
  const order = await findAcmeOrder(store, orderId);
  const account = order?.status === "processing" ? await findAcmeAccount(store, order.accountId) : undefined;
  const endpoint = account && (await findAcmeEndpoint(store, account.endpointArn));
  if (!order || !endpoint) return undefined; // done, or the endpoint is being deleted
  const version = versionOf(order, endpoint, deps.clock.now());
  const isEntitled = account.status === "VALID" && endpoint.status !== "DELETING";
  const [uncovered] = await findUncovered(store, endpoint.arn, version.names, deps);
  if (isEntitled && !uncovered) return await signAndRecord(order, version, undefined, deps);
  const problem = { type: "urn:ietf:params:acme:error:unauthorized", detail: uncovered?.reason ?? ENDED, status: 403 };
  await failBegun(order, problem, version, deps);
  return undefined;
}

/**
 * Signs an order's certificate and ends the order with it; or ends it with the reason why there is none. Answers when to
 * go on where logs of others did not answer yet: the order is processing until then.
 */
export async function signAndRecord(
  { id }: Pick<AcmeOrder, "id">,
  version: AcmeVersion,
  begun: { readonly leaf: BegunLeaf; readonly completeAt: Date } | undefined,
  deps: CompleteDeps,
): Promise<Date | undefined> {
  const { store } = deps;
  try {
    const leaf = await signForAcme(version, begun?.leaf, deps);
    await store.transaction().execute(async (tx) => {
      if (!(await finishAcmeOrder(tx, id))) return; // somebody else was faster
      await recordForAcme(tx, version, leaf, deps);
      if (begun) await takeBack(tx, id, begun.completeAt);
    });
    return undefined;
  } catch (error) {
    if (error instanceof TimestampsMissing) return error.until;
    if (!(error instanceof CannotIssue)) throw error;
    await failBegun({ id }, cannotIssue(error), version, deps);
    return undefined;
  }
}

async function failBegun(
  { id }: Pick<AcmeOrder, "id">,
  problem: object,
  version: AcmeVersion,
  deps: CompleteDeps,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    if (await failAcmeOrder(tx, id, "processing", problem)) await recordFailure(tx, version, deps);
  });
}

/** For the metrics of an endpoint: an order that came to nothing. */
export async function recordFailure(
  tx: Tx,
  { account, region, endpointArn }: Pick<AcmeVersion, "account" | "region" | "endpointArn">,
  deps: Pick<CompleteDeps, "clock">,
): Promise<void> {
  await recordAcmeIssuance(tx, { account, region }, endpointArn, false, deps);
}

/** What is to be signed for an order that was begun. */
export function versionOf(order: AcmeOrder, endpoint: AcmeEndpoint, now: Date): AcmeVersion {
  const { certificateArn, generation, keyAlgorithm, subjectPublicKeyInfo, names } = order;
  if (!certificateArn || generation === null || !keyAlgorithm || !subjectPublicKeyInfo) {
    throw new Error(`order ${order.id} was not begun`);
  }
  return {
    certificateArn,
    generation,
    keyAlgorithm,
    subjectPublicKeyInfo,
    names,
    account: endpoint.account,
    region: endpoint.region,
    endpointArn: endpoint.arn,
    accountId: order.accountId,
    tags: endpoint.certificateTags,
    validity: orderValidity(wishedFor(order), now),
  };
}

/** From when to when an order's certificate is wished to live. */
export function wishedFor({ notBefore, notAfter }: Pick<AcmeOrder, "notBefore" | "notAfter">): WishedValidity {
  return {
    notBefore: notBefore === null ? undefined : new Date(notBefore),
    notAfter: notAfter === null ? undefined : new Date(notAfter),
  };
}

async function takeBack(tx: Tx, orderId: string, completeAt: Date): Promise<void> {
  await deleteJob(tx, { task: COMPLETE_ORDER, subject: orderId, runAt: completeAt.getTime(), attempts: 0 });
}

function cannotIssue(error: CannotIssue): object {
  return { type: "urn:ietf:params:acme:error:badCSR", detail: error.message, status: 400 };
}

const ENDED = "The account or its ACME endpoint has ended.";
/** A signature takes milliseconds; after this long whoever began is taken for dead. */
const TAKE_OVER_AFTER: Millis = 15 * SECOND;
