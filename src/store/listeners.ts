import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { OrderedAction } from "#domain/balancers/actions.ts";
import type { ListenerArn, RuleArn, TrustStoreArn } from "#domain/balancers/arns.ts";
import type { AlpnPolicy, Listener, MutualAuthentication } from "#domain/balancers/listener.ts";
import type { ListenerProtocol } from "#domain/balancers/protocols.ts";
import type { Db, Tx } from "./store.ts";

/** Writes a listener without its certificates; false when another listener of the load balancer has the port. */
export async function insertListener(tx: Tx, listener: Listener): Promise<boolean> {
  const { arn, loadBalancerArn, ruleArn } = listener;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("listeners")
    .values({ arn, loadBalancerArn, ruleArn, ...changeable(listener), attributes: JSON.stringify(listener.attributes) })
    .onConflict((conflict) => conflict.columns(["loadBalancerArn", "port"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Writes a listener again, without its certificates. The caller holds the load balancer and knows that the port is free. */
export async function updateListener(tx: Tx, listener: Listener): Promise<void> {
  await tx.updateTable("listeners").set(changeable(listener)).where("arn", "=", listener.arn).execute();
}

export async function findListener(db: Db, arn: ListenerArn): Promise<Listener | undefined> {
  const row = await listeners(db).where("listeners.arn", "=", arn).executeTakeFirst();
  return row && listener(row);
}

export async function findListenerOnPort(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  port: number,
): Promise<Listener | undefined> {
  const row = await listeners(db)
    .where("listeners.loadBalancerArn", "=", loadBalancerArn)
    .where("listeners.port", "=", port)
    .executeTakeFirst();
  return row && listener(row);
}

/** The listeners of a load balancer in the order of their ports, those after `afterPort`. */
export async function listListeners(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  afterPort = 0,
  limit: number = MOST,
): Promise<Listener[]> {
  const rows = await listeners(db)
    .where("listeners.loadBalancerArn", "=", loadBalancerArn)
    .where("listeners.port", ">", afterPort)
    .orderBy("listeners.port")
    .limit(limit)
    .execute();
  return rows.map(listener);
}

export async function setListenerAttributes(
  tx: Tx,
  arn: ListenerArn,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  await tx
    .updateTable("listeners")
    .set({ attributes: JSON.stringify(attributes) })
    .where("arn", "=", arn)
    .execute();
}

/** The listeners that ask their clients by a trust store, by ARN, those after `after`, with their load balancers. */
export async function listListenersTrusting(
  db: Db,
  trustStoreArn: TrustStoreArn,
  after: string | undefined,
  limit: number,
): Promise<{ readonly arn: ListenerArn; readonly loadBalancerArn: LoadBalancerArn }[]> {
  const rows = await db
    .selectFrom("listeners")
    .select(["arn", "loadBalancerArn"])
    .where("trustStoreArn", "=", trustStoreArn)
    .where("arn", ">", after ?? "")
    .orderBy("arn")
    .limit(limit)
    .execute();
  return rows.map(({ arn, loadBalancerArn }) => ({
    arn: arn as ListenerArn,
    loadBalancerArn: loadBalancerArn as LoadBalancerArn,
  }));
}

/** Removes a listener with its rules and its rows of certificates and target groups. */
export async function removeListener(tx: Tx, arn: ListenerArn): Promise<void> {
  await tx.deleteFrom("listeners").where("arn", "=", arn).execute();
}

function listeners(db: Db) {
  return db
    .selectFrom("listeners")
    .leftJoin("listenerCertificates as standard", (join) =>
      join.onRef("standard.listenerArn", "=", "listeners.arn").on("standard.isDefault", "=", 1),
    )
    .select([
      "listeners.arn",
      "listeners.loadBalancerArn",
      "listeners.ruleArn",
      "listeners.port",
      "listeners.protocol",
      "listeners.sslPolicy",
      "listeners.alpnPolicy",
      "listeners.defaultActions",
      "listeners.mutualAuthentication",
      "listeners.attributes",
      "standard.certificateArn as defaultCertificate",
    ]);
}

interface Row {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly ruleArn: string;
  readonly port: number;
  readonly protocol: string;
  readonly sslPolicy: string | null;
  readonly alpnPolicy: string | null;
  readonly defaultActions: string;
  readonly mutualAuthentication: string | null;
  readonly attributes: string;
  readonly defaultCertificate: string | null;
}

function listener(row: Row): Listener {
  return {
    arn: row.arn as ListenerArn,
    loadBalancerArn: row.loadBalancerArn as LoadBalancerArn,
    ruleArn: row.ruleArn as RuleArn,
    port: row.port,
    protocol: row.protocol as ListenerProtocol,
    sslPolicy: row.sslPolicy ?? undefined,
    alpnPolicy: (row.alpnPolicy as AlpnPolicy | null) ?? undefined,
    defaultCertificate: (row.defaultCertificate as CertificateArn | null) ?? undefined,
    mutualAuthentication:
      row.mutualAuthentication === null ? undefined : (JSON.parse(row.mutualAuthentication) as MutualAuthentication),
    defaultActions: JSON.parse(row.defaultActions) as OrderedAction[],
    attributes: JSON.parse(row.attributes) as Record<string, string>,
  };
}

function changeable({ port, protocol, sslPolicy, alpnPolicy, mutualAuthentication, defaultActions }: Listener) {
  return {
    port,
    protocol,
    sslPolicy: sslPolicy ?? null,
    alpnPolicy: alpnPolicy ?? null,
    mutualAuthentication: mutualAuthentication ? JSON.stringify(mutualAuthentication) : null,
    trustStoreArn: mutualAuthentication?.mode === "verify" ? mutualAuthentication.trustStoreArn : null,
    defaultActions: JSON.stringify(defaultActions),
  };
}

/** More than a load balancer can have. */
const MOST = 1000;
