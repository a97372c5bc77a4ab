import { sql } from "kysely";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import { type Db, isEmbedded, type Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** What an edge is told the present of: a load balancer, a certificate or a secret on it, or a trust store. */
export type EdgeSubject =
  | { readonly kind: "balancer"; readonly loadBalancerArn: LoadBalancerArn }
  | {
      readonly kind: "certificate";
      readonly loadBalancerArn: LoadBalancerArn;
      readonly certificateArn: CertificateArn;
    }
  | { readonly kind: "secret"; readonly loadBalancerArn: LoadBalancerArn; readonly secret: string }
  | { readonly kind: "trust-store"; readonly trustStoreArn: TrustStoreArn };

/** A place in the order of changes. Only `edge-changes.ts` looks inside. */
export type Revision = string;

export interface EdgeChange {
  readonly revision: Revision;
  readonly subject: EdgeSubject;
}

/**
 * Promises that every edge will be told how `subject` stands after this transaction, its absence included. Announce it
 * in the transaction that changes it, or makes or removes it; announcing twice is harmless.
 */
export async function announce(tx: Tx, subject: EdgeSubject): Promise<void> {
  const { kind: _, ...columns } = subject;
  await tx
    .insertInto("edgeChanges")
    .values({ loadBalancerArn: "", certificateArn: "", ...columns })
    .execute();
}

/** The changes after `since`, oldest first; all there are when `since` is undefined. */
export async function edgeChangesSince(db: Db, since: Revision | undefined, limit: number): Promise<EdgeChange[]> {
  const { tx, id } = place(since);
  const rows = await settled(db)
    .where((row) => row.or([row("tx", ">", tx), row.and([row("tx", "=", tx), row("id", ">", id)])]))
    .orderBy("tx")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(change);
}

/** The newest change; undefined when there never was one. */
export async function newestEdgeRevision(db: Db): Promise<Revision | undefined> {
  const row = await settled(db).orderBy("tx", "desc").orderBy("id", "desc").limit(1).executeTakeFirst();
  return row && change(row).revision;
}

/** Whether the change that `revision` names is kept here: then nothing after it is missing. */
export async function isEdgeRevisionKnown(db: Db, revision: Revision): Promise<boolean> {
  const { tx, id, at } = place(revision);
  const row = await db
    .selectFrom("edgeChanges")
    .select("id")
    .where("id", "=", id)
    .where("tx", "=", tx)
    .where("at", "=", at)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets changes older than `before`, never the newest. Edges that are further behind start afresh. */
export async function forgetEdgeChanges(db: Db, before: EpochMillis): Promise<void> {
  const newest = await newestEdgeRevision(db);
  if (newest === undefined) return;
  const { tx, id } = place(newest);
  await db
    .deleteFrom("edgeChanges")
    .where("at", "<", before)
    .where((row) => row.or([row("tx", "<", tx), row.and([row("tx", "=", tx), row("id", "<", id)])]))
    .execute();
}

/**
 * The changes whose place is final. On PostgreSQL a transaction may commit after one that began later, so changes are
 * ordered by transaction and those of transactions newer than the oldest one still open are not shown yet.
 */
function settled(db: Db) {
  const all = db.selectFrom("edgeChanges").select(COLUMNS);
  if (isEmbedded(db)) return all;
  return all.where("tx", "<", sql<number>`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`);
}

interface Row {
  readonly id: number;
  readonly tx: number;
  readonly at: number;
  readonly loadBalancerArn: string;
  readonly certificateArn: string;
  readonly secret: string;
  readonly trustStoreArn: string;
}

function change(row: Row): EdgeChange {
  // The time is in it so that the same numbers in a database restored from a backup are not taken for the same change.
  return { revision: `${row.tx}.${row.id}.${row.at}`, subject: subjectOf(row) };
}

function subjectOf({ certificateArn, secret, trustStoreArn, ...row }: Row): EdgeSubject {
  if (trustStoreArn !== "") return { kind: "trust-store", trustStoreArn: trustStoreArn as TrustStoreArn };
  const loadBalancerArn = row.loadBalancerArn as LoadBalancerArn;
  if (secret !== "") return { kind: "secret", loadBalancerArn, secret };
  if (certificateArn === "") return { kind: "balancer", loadBalancerArn };
  return { kind: "certificate", loadBalancerArn, certificateArn: certificateArn as CertificateArn };
}

function place(revision: Revision | undefined): { tx: number; id: number; at: number } {
  const [, tx, id, at] = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(revision ?? "") ?? [];
  return { tx: Number(tx ?? -1), id: Number(id ?? -1), at: Number(at ?? -1) };
}

const COLUMNS = ["id", "tx", "at", "loadBalancerArn", "certificateArn", "secret", "trustStoreArn"] as const;
