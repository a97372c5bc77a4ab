import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { parseArn } from "#domain/arn.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { completeVersion, deleteVersionsBefore, type SignedVersion } from "#store/certificate-versions.ts";
import { announce } from "#store/edge-changes.ts";
import type { Tx } from "#store/store.ts";

/**
 * Makes a signed version the one in force, in the transaction that moves the certificate to it: the certificate is put
 * beside its key, the keys before it are destroyed (an edge that serves one still holds it, opened), and every edge
 * that carries the certificate is told.
 */
export async function putInForce(
  tx: Tx,
  arn: CertificateArn,
  generation: number,
  signed: SignedVersion,
): Promise<void> {
  if (!(await completeVersion(tx, arn, generation, signed))) {
    throw new Error(`generation ${generation} of ${arn} has no key`);
  }
  await deleteVersionsBefore(tx, arn, generation);
  for (const resourceArn of await usersOf(tx, arn)) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction, one statement at a time
    await announceTo(tx, arn, resourceArn);
  }
}

/** Tells the edges that carry `resourceArn` that what it holds of this certificate has changed. */
export async function announceTo(tx: Tx, certificateArn: CertificateArn, resourceArn: string): Promise<void> {
  if (parseArn(resourceArn)?.service !== "elasticloadbalancing") return;
  await announce(tx, { kind: "certificate", loadBalancerArn: resourceArn as LoadBalancerArn, certificateArn });
}
