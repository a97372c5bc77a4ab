import { askRenewalInfo, chooseRenewalTime } from "#ca/upstream/renewal-window.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import { promiseAdvance } from "#lifecycle/advance-job.ts";
import { readCertificateState, recordRenewalTime } from "#store/certificates.ts";
import type { Store, Tx } from "#store/store.ts";
import { changeUpstreamOrder, findFinalizedOrder, type UpstreamOrder } from "#store/upstream-orders.ts";

/** The name of the job that asks a public CA when it wants a certificate to be renewed. */
export const RENEWAL_INFO = "upstream.renewal-info";

export interface RenewalInfoDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly upstream?: Upstream | undefined;
}

/** Promises, with the certificate that a CA has issued, to ask it for the time of its renewal. */
export function promiseRenewalInfo({ clock }: { readonly clock: Clock }): (tx: Tx, arn: string) => Promise<void> {
  return (tx, arn) => enqueue(tx, { task: RENEWAL_INFO, subject: arn }, clock.now());
}

/**
 * The job "upstream.renewal-info": asks the CA of the certificate in force when it wants it renewed (ARI, RFC 9773), and
 * keeps a time in that window, chosen once for each window. It asks again when the CA wants to be asked, for as long as
 * the certificate lives.
 */
export async function followRenewalInfo(arn: CertificateArn, deps: RenewalInfoDeps): Promise<Date | undefined> {
  const { store, clock, upstream } = deps;
  const certificate = await readCertificateState(store, arn);
  const now = clock.now();
  if (certificate?.status !== "ISSUED" && certificate?.status !== "PENDING_VALIDATION") return undefined;
  const next = await findFinalizedOrder(store, arn, certificate.generation + 1);
  if (next) return later(now, NOT_IN_FORCE_YET);
  const order = await findFinalizedOrder(store, arn, certificate.generation);
  const client = upstream?.clients.find(({ ca }) => ca.name === order?.ca);
  if (!order || !client) return undefined;
  const advice = await askRenewalInfo(client, order, now);
  if (!advice) return undefined;
  if (advice.info) await keepAdvice(order, advice.info, certificate, deps);
  return advice.askAgain;
}

type Window = NonNullable<NonNullable<Awaited<ReturnType<typeof askRenewalInfo>>>["info"]>;

async function keepAdvice(
  order: UpstreamOrder,
  { start, end, explanation }: Window,
  { arn, generation }: { readonly arn: CertificateArn; readonly generation: number },
  { store, clock, ids }: RenewalInfoDeps,
): Promise<void> {
  const now = clock.now();
  const known = order.windowStart === start.getTime() && order.windowEnd === end.getTime();
  if (known && order.renewAt !== null && order.explanationUrl === (explanation ?? null)) return;
  const life = { issuedAt: new Date(order.reachedAt), notAfter: new Date(order.notAfter ?? order.reachedAt) };
  const chosen =
    known && order.renewAt !== null ? new Date(order.renewAt) : chooseRenewalTime({ start, end }, life, ids);
  await store.transaction().execute(async (tx) => {
    const kept = {
      windowStart: start.getTime(),
      windowEnd: end.getTime(),
      renewAt: chosen.getTime(),
      explanationUrl: explanation ?? null,
    };
    if (!(await changeUpstreamOrder(tx, order, kept, now.getTime()))) return;
    if (await recordRenewalTime(tx, arn, generation, chosen.getTime())) await promiseAdvance(tx, arn, now);
  });
}

/** The certificate was issued a moment ago, and is put in force by another job. */
const NOT_IN_FORCE_YET: Millis = 5 * SECOND;
