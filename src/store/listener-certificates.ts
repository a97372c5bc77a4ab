import { sql } from "kysely";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { ListenerArn } from "#domain/balancers/arns.ts";
import { type Db, isEmbedded, type Tx } from "./store.ts";

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

/**
 * What each listener of a load balancer names, by its ARN: the default first, then the list by ARN. Each once. The database
 * puts a list together in one text, because a row for each of 100,000 would take ten times as long.
 */
export async function certificatesOfBalancer(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
): Promise<ReadonlyMap<string, readonly CertificateArn[]>> {
  const together = isEmbedded(db)
    ? sql<string>`group_concat(certificate_arn, ' ')`
    : sql<string>`string_agg(certificate_arn, ' ')`;
  const rows = await db
    .selectFrom("listenerCertificates")
    .select(["listenerArn", together.as("certificates")])
    .where("loadBalancerArn", "=", loadBalancerArn)
    .groupBy(["listenerArn", "isDefault"])
    .orderBy("listenerArn")
    .orderBy("isDefault", "desc")
    .execute();
  const found = new Map<string, CertificateArn[]>();
  for (const { listenerArn, certificates } of rows) {
    const before = found.get(listenerArn) ?? [];
    const own = certificates.split(" ").toSorted() as CertificateArn[];
    found.set(listenerArn, [...before, ...own.filter((arn) => !before.includes(arn))]);
  }
  return found;
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
