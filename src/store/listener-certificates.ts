import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { ListenerArn } from "#domain/balancers/arns.ts";
import type { Db, Tx } from "./store.ts";

/** A certificate as a listener names it. */
export interface ListenerCertificate {
  readonly certificateArn: CertificateArn;
  readonly isDefault: boolean;
}

/** Adds a certificate to a listener's list, or as its default. Harmless to repeat. */
export async function addListenerCertificate(
  tx: Tx,
  listener: { readonly arn: ListenerArn; readonly loadBalancerArn: LoadBalancerArn },
  { certificateArn, isDefault }: ListenerCertificate,
): Promise<void> {
  const { arn: listenerArn, loadBalancerArn } = listener;
  await tx
    .insertInto("listenerCertificates")
    .values({ listenerArn, loadBalancerArn, certificateArn, isDefault: isDefault ? 1 : 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeListenerCertificate(
  tx: Tx,
  listenerArn: ListenerArn,
  { certificateArn, isDefault }: ListenerCertificate,
): Promise<void> {
  await tx
    .deleteFrom("listenerCertificates")
    .where("listenerArn", "=", listenerArn)
    .where("isDefault", "=", isDefault ? 1 : 0)
    .where("certificateArn", "=", certificateArn)
    .execute();
}

/** Removes the default certificate and the list of a listener that no longer ends TLS. */
export async function removeListenerCertificates(tx: Tx, listenerArn: ListenerArn): Promise<void> {
  await tx.deleteFrom("listenerCertificates").where("listenerArn", "=", listenerArn).execute();
}

/** The default first, then the list by ARN; those after `after`. */
export async function listListenerCertificates(
  db: Db,
  listenerArn: ListenerArn,
  after: ListenerCertificate | undefined,
  limit: number,
): Promise<ListenerCertificate[]> {
  const rows = await db
    .selectFrom("listenerCertificates")
    .select(["certificateArn", "isDefault"])
    .where("listenerArn", "=", listenerArn)
    .$if(after !== undefined, (query) =>
      query
        .where("isDefault", "=", 0)
        .where("certificateArn", ">", after?.isDefault ? "" : (after?.certificateArn ?? "")),
    )
    .orderBy("isDefault", "desc")
    .orderBy("certificateArn")
    .limit(limit)
    .execute();
  return rows.map(certificate);
}

/** What every listener of a load balancer names, the default first, then the list by ARN. */
export async function certificatesOfBalancer(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
): Promise<(ListenerCertificate & { readonly listenerArn: string })[]> {
  const rows = await db
    .selectFrom("listenerCertificates")
    .select(["listenerArn", "certificateArn", "isDefault"])
    .where("loadBalancerArn", "=", loadBalancerArn)
    .orderBy("isDefault", "desc")
    .orderBy("certificateArn")
    .execute();
  return rows.map((row) => ({ listenerArn: row.listenerArn, ...certificate(row) }));
}

/** Whether any listener of the load balancer names the certificate. */
export async function isCertificateUsed(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  certificateArn: CertificateArn,
): Promise<boolean> {
  const row = await db
    .selectFrom("listenerCertificates")
    .select("listenerArn")
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("certificateArn", "=", certificateArn)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a certificate stands in a listener's list, or is its default. */
export async function findListenerCertificate(
  db: Db,
  listenerArn: ListenerArn,
  { certificateArn, isDefault }: ListenerCertificate,
): Promise<boolean> {
  const row = await db
    .selectFrom("listenerCertificates")
    .select("listenerArn")
    .where("listenerArn", "=", listenerArn)
    .where("isDefault", "=", isDefault ? 1 : 0)
    .where("certificateArn", "=", certificateArn)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a certificate stands in the list of any listener of the load balancer. */
export async function isCertificateListed(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  certificateArn: CertificateArn,
): Promise<boolean> {
  const row = await db
    .selectFrom("listenerCertificates")
    .select("listenerArn")
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("certificateArn", "=", certificateArn)
    .where("isDefault", "=", 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function certificate(row: { readonly certificateArn: string; readonly isDefault: number }): ListenerCertificate {
  return { certificateArn: row.certificateArn as CertificateArn, isDefault: row.isDefault === 1 };
}
