import { type AcmeEndpointArn, lastPartOf } from "#domain/acme/arns.ts";
import type { AcmeContact, AcmeEndpointStatus, AcmeKeyAlgorithm } from "#domain/acme/endpoint.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Owner } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** What an endpoint's owner can say of it. */
export interface AcmeEndpointSettings {
  readonly contact: AcmeContact;
  /** Undefined: any. */
  readonly allowedKeyAlgorithms: readonly AcmeKeyAlgorithm[] | undefined;
}

export interface AcmeEndpoint extends Owner, AcmeEndpointSettings {
  readonly arn: AcmeEndpointArn;
  readonly createdAt: EpochMillis;
  readonly updatedAt: EpochMillis;
  readonly status: AcmeEndpointStatus;
  readonly failureReason: string | null;
  readonly certificateTags: readonly Tag[];
}

/** Keeps every other creation for this owner from counting until the transaction ends. */
export async function holdAcmeOwner(tx: Tx, { account, region }: Owner): Promise<void> {
  await tx
    .insertInto("acmeOwners")
    .values({ account, region })
    .onConflict((conflict) =>
      conflict.columns(["account", "region"]).doUpdateSet((row) => ({ region: row.ref("excluded.region") })),
    )
    .execute();
}

export async function countAcmeEndpoints(tx: Tx, { account, region }: Owner): Promise<number> {
  const { count } = await tx
    .selectFrom("acmeEndpoints")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Writes an endpoint, unless its request key is taken already: then false, and nothing is written. */
export async function insertAcmeEndpoint(
  tx: Tx,
  { allowedKeyAlgorithms, certificateTags, ...endpoint }: AcmeEndpoint,
  request: { readonly requestKey: string | null; readonly requestHash: string | null },
): Promise<boolean> {
  const row = await tx
    .insertInto("acmeEndpoints")
    .values({
      ...endpoint,
      ...request,
      id: lastPartOf(endpoint.arn),
      allowedKeyAlgorithms: allowedKeyAlgorithms === undefined ? null : JSON.stringify(allowedKeyAlgorithms),
      certificateTags: JSON.stringify(certificateTags),
    })
    .onConflict((conflict) => conflict.column("requestKey").doNothing())
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

export async function findAcmeEndpoint(db: Db, arn: AcmeEndpointArn): Promise<AcmeEndpoint | undefined> {
  const [row] = await endpointOf(db, arn);
  return row && endpoint(row);
}

const endpointOf = prepared((db, arn: AcmeEndpointArn) =>
  db.selectFrom("acmeEndpoints").select(COLUMNS).where("arn", "=", arn),
);

/** An endpoint by the last part of its ARN, which is all that its URLs tell. */
export async function findAcmeEndpointById(db: Db, id: string): Promise<AcmeEndpoint | undefined> {
  const [row] = await endpointById(db, id);
  return row && endpoint(row);
}

const endpointById = prepared((db, id: string) => db.selectFrom("acmeEndpoints").select(COLUMNS).where("id", "=", id));

/** The endpoint, held against every other change of it and of what belongs to it until the transaction ends. */
export async function holdAcmeEndpoint(tx: Tx, arn: AcmeEndpointArn): Promise<AcmeEndpoint | undefined> {
  const row = await tx
    .updateTable("acmeEndpoints")
    .set((own) => ({ status: own.ref("status") }))
    .where("arn", "=", arn)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && endpoint(row);
}

/** A place in a list by creation. */
export interface AcmePlace {
  readonly createdAt: EpochMillis;
  readonly key: string;
}

/** An owner's endpoints by creation, `limit` of them, behind a place. */
export async function pageAcmeEndpoints(
  db: Db,
  { account, region }: Owner,
  after: AcmePlace,
  limit: number,
): Promise<readonly AcmeEndpoint[]> {
  const rows = await db
    .selectFrom("acmeEndpoints")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("region", "=", region)
    .where((row) =>
      row(row.refTuple("createdAt", "arn"), ">", row.tuple(after.createdAt, after.key as AcmeEndpointArn)),
    )
    .orderBy("createdAt")
    .orderBy("arn")
    .limit(limit)
    .execute();
  return rows.map(endpoint);
}

/** Moves an endpoint from one status to another; false when it is not in the first any more. */
export async function moveAcmeEndpoint(
  tx: Tx,
  arn: AcmeEndpointArn,
  from: AcmeEndpointStatus,
  to: AcmeEndpointStatus,
  { at, failureReason = null }: { readonly at: EpochMillis; readonly failureReason?: string | null },
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeEndpoints")
    .set({ status: to, updatedAt: at, failureReason })
    .where("arn", "=", arn)
    .where("status", "=", from)
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/** Changes what an ACTIVE endpoint asks of its clients; false when it is not ACTIVE. */
export async function setAcmeEndpoint(
  tx: Tx,
  arn: AcmeEndpointArn,
  { contact, allowedKeyAlgorithms }: AcmeEndpointSettings,
  at: EpochMillis,
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeEndpoints")
    .set({
      contact,
      allowedKeyAlgorithms: allowedKeyAlgorithms === undefined ? null : JSON.stringify(allowedKeyAlgorithms),
      updatedAt: at,
    })
    .where("arn", "=", arn)
    .where("status", "=", "ACTIVE")
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Removes an endpoint that is DELETING with its bindings and domain validations. Its accounts are removed before. Answers
 * the ARNs of the bindings, whose MAC keys went with them.
 */
export async function deleteAcmeEndpoint(tx: Tx, arn: AcmeEndpointArn): Promise<readonly string[]> {
  const bindings = await tx.deleteFrom("acmeBindings").where("endpointArn", "=", arn).returning("arn").execute();
  await tx.deleteFrom("acmeEndpoints").where("arn", "=", arn).where("status", "=", "DELETING").execute();
  return bindings.map((binding) => binding.arn);
}

const COLUMNS = [
  "arn",
  "account",
  "region",
  "createdAt",
  "updatedAt",
  "status",
  "failureReason",
  "contact",
  "allowedKeyAlgorithms",
  "certificateTags",
] as const;

function endpoint({
  allowedKeyAlgorithms,
  certificateTags,
  ...row
}: Omit<AcmeEndpoint, "allowedKeyAlgorithms" | "certificateTags"> & {
  readonly allowedKeyAlgorithms: string | null;
  readonly certificateTags: string;
}): AcmeEndpoint {
  return {
    ...row,
    allowedKeyAlgorithms:
      allowedKeyAlgorithms === null ? undefined : (JSON.parse(allowedKeyAlgorithms) as readonly AcmeKeyAlgorithm[]),
    certificateTags: JSON.parse(certificateTags) as readonly Tag[],
  };
}
