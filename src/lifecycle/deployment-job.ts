import { type CertificateArn, type LoadBalancerArn, parseArn } from "#domain/arn.ts";
import { enqueueBy } from "#jobs/queue.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { beginDeployment, removeDeployment } from "#store/deployments.ts";
import type { Tx } from "#store/store.ts";

/** The name of the job that follows a certificate's version until every edge was seen serving it. */
export const FOLLOW_DEPLOYMENT = "deployment.follow";

/** The name of the job that follows all that are open on a load balancer: an edge began to listen for it. */
export const FOLLOW_BALANCER = "deployment.follow-balancer";

/** A version is to be served by `resourceArn`, in the place of the generation `previous` if there is one: it will be followed. */
export async function promiseDeployment(
  tx: Tx,
  { certificateArn, resourceArn, generation, previous }: NewDeployment,
  now: Date,
): Promise<void> {
  if (parseArn(resourceArn)?.service !== "elasticloadbalancing") return;
  const loadBalancerArn = resourceArn as LoadBalancerArn;
  await beginDeployment(tx, {
    certificateArn,
    loadBalancerArn,
    generation,
    previous: previous ?? null,
    at: now.getTime(),
  });
  await enqueueBy(tx, { task: FOLLOW_DEPLOYMENT, subject: certificateArn }, later(now, FIRST_LOOK));
}

/** `resourceArn` serves the certificate no longer: what was kept for going back is looked at once more. */
export async function endDeployment(
  tx: Tx,
  certificateArn: CertificateArn,
  resourceArn: string,
  now: Date,
): Promise<void> {
  await removeDeployment(tx, certificateArn, resourceArn);
  await enqueueBy(tx, { task: FOLLOW_DEPLOYMENT, subject: certificateArn }, now);
}

/** Edges that serve it say so, and are looked at at once: this is for those that do not. */
const FIRST_LOOK: Millis = SECOND;

export interface NewDeployment {
  readonly certificateArn: CertificateArn;
  readonly resourceArn: string;
  readonly generation: number;
  readonly previous?: number;
}
