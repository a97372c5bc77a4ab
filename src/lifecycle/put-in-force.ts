import type { CertificateFacts } from "#ca/describe.ts";
import { type CertificateArn, type LoadBalancerArn, parseArn } from "#domain/arn.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { writeUsages } from "#store/certificate-details.ts";
import { completeVersion } from "#store/certificate-versions.ts";
import { listDeployments } from "#store/deployments.ts";
import { announce } from "#store/edge-changes.ts";
import type { Tx } from "#store/store.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { promiseDeployment } from "./deployment-job.ts";
import { destroyKeysBefore } from "./destroy-keys.ts";

/** What a certificate says of itself, as the columns of `certificates` that lists are filtered by. */
export function saidColumns(facts: CertificateFacts): SaidColumns {
  const { commonName, notBefore, notAfter, keyUsages, extendedKeyUsages } = facts;
  return {
    commonName: commonName?.toLowerCase() ?? null,
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
    keyUsages: writeUsages(keyUsages),
    extendedKeyUsages: writeUsages(extendedKeyUsages.map(({ name }) => name)),
  };
}

interface SaidColumns {
  readonly commonName: string | null;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
  readonly keyUsages: string;
  readonly extendedKeyUsages: string;
}

/**
 * Makes a signed version the one in force, in the transaction that moves the certificate to it: the certificate is put
 * beside its key, and every edge that carries the certificate is told. The keys before it are destroyed; where edges
 * carry the certificate, the one just before it is kept to go back to until all of them were seen serving the new one.
 */
export async function putInForce(
  tx: Tx,
  arn: CertificateArn,
  generation: number,
  facts: CertificateFacts,
  pem: { readonly certificate: string; readonly chain: string | undefined },
  now: Date,
): Promise<void> {
  const { serial, subject, issuer, signatureAlgorithm, extendedKeyUsages } = facts;
  const extendedKeyUsageOids = extendedKeyUsages.map(({ oid }) => oid ?? null);
  const signed = { serial, subject, issuer, signatureAlgorithm, extendedKeyUsageOids, ...pem };
  if (!(await completeVersion(tx, arn, generation, signed))) {
    throw new Error(`generation ${generation} of ${arn} has no key`);
  }
  const users = await usersOf(tx, arn);
  const served = await servedGenerations(tx, arn, generation - 1);
  const kept = users.map((resourceArn) => served.get(resourceArn) ?? generation - 1);
  await destroyKeysBefore(tx, arn, Math.min(generation, ...kept), now);
  for (const [i, resourceArn] of users.entries()) {
    const previous = kept[i] ?? generation - 1;
    await announceTo(tx, arn, resourceArn);
    await promiseDeployment(tx, { certificateArn: arn, resourceArn, generation, previous }, now);
  }
}

/** What each user of a certificate serves: after a roll-back it is an earlier one than the one in force. */
async function servedGenerations(tx: Tx, arn: CertificateArn, inForce: number): Promise<ReadonlyMap<string, number>> {
  const deployments = await listDeployments(tx, arn);
  return new Map(
    deployments.map(({ loadBalancerArn, state, previous }) => [
      loadBalancerArn,
      state === "ROLLED_BACK" && previous !== null ? previous : inForce,
    ]),
  );
}

/** Tells the edges that carry `resourceArn` that what it holds of this certificate has changed. */
export async function announceTo(tx: Tx, certificateArn: CertificateArn, resourceArn: string): Promise<void> {
  if (parseArn(resourceArn)?.service !== "elasticloadbalancing") return;
  await announce(tx, { kind: "certificate", loadBalancerArn: resourceArn as LoadBalancerArn, certificateArn });
}
