import type { CertificateArn } from "#domain/arn.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { certificateRegion, PLACEMENTS } from "#domain/placement.ts";
import { attachCertificate, detachCertificate } from "#lifecycle/associate.ts";
import { isCertificateUsed } from "#store/listener-certificates.ts";
import type { Tx } from "#store/store.ts";
import type { BalancerDeps } from "./deps.ts";

/**
 * Brings the associations of a load balancer in line with what its listeners name, for the certificates that a change
 * touched: attached while at least one listener names it, detached with the last. Throws what `attachCertificate` throws.
 */
export async function settleCertificates(
  tx: Tx,
  balancer: LoadBalancer,
  touched: readonly CertificateArn[],
  deps: BalancerDeps,
): Promise<void> {
  const placement = PLACEMENTS[`elbv2-${balancer.type}`];
  const { account, region } = balancer;
  // In one order everywhere: two changes that touch the same certificates wait for each other, never in a circle.
  for (const certificateArn of [...new Set(touched)].toSorted((a, b) => (a < b ? -1 : 1))) {
    const used = await isCertificateUsed(tx, balancer.arn, certificateArn);
    const change = used
      ? attachCertificate(
          tx,
          {
            certificateArn,
            resourceArn: balancer.arn,
            resourceOwner: { account, region: certificateRegion(placement, region) },
            ...(placement.keyAlgorithms ? { supportedKeyAlgorithms: placement.keyAlgorithms } : {}),
          },
          deps,
        )
      : detachCertificate(tx, { certificateArn, resourceArn: balancer.arn }, deps);
    await change;
  }
}
