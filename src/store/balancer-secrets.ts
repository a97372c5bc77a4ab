import type { KeyArn, LoadBalancerArn } from "#domain/arn.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** A client secret of a rule, sealed, and the grant under which edges open it. */
export interface BalancerSecret {
  readonly name: string;
  readonly loadBalancerArn: LoadBalancerArn;
  readonly keyArn: KeyArn;
  readonly grantId: string;
  readonly grantToken: string;
  readonly wrappedDataKey: Uint8Array;
  readonly sealedKey: Uint8Array;
  readonly createdAt: EpochMillis;
}

export async function insertBalancerSecret(tx: Tx, secret: BalancerSecret): Promise<void> {
  await tx.insertInto("balancerSecrets").values(secret).execute();
}

export async function findBalancerSecret(db: Db, name: string): Promise<BalancerSecret | undefined> {
  const row = await db.selectFrom("balancerSecrets").select(COLUMNS).where("name", "=", name).executeTakeFirst();
  return row && secret(row);
}

/** Which secret is opened under a grant; undefined when none is. */
export async function findSecretOfGrant(
  db: Db,
  grantId: string,
): Promise<Pick<BalancerSecret, "name" | "loadBalancerArn"> | undefined> {
  const row = await db
    .selectFrom("balancerSecrets")
    .select(["name", "loadBalancerArn"])
    .where("grantId", "=", grantId)
    .executeTakeFirst();
  return row && { name: row.name, loadBalancerArn: row.loadBalancerArn as LoadBalancerArn };
}

/** Removes a secret and answers what it was; undefined when there was none. */
export async function removeBalancerSecret(tx: Tx, name: string): Promise<BalancerSecret | undefined> {
  const row = await tx.deleteFrom("balancerSecrets").where("name", "=", name).returning(COLUMNS).executeTakeFirst();
  return row && secret(row);
}

const COLUMNS = [
  "name",
  "loadBalancerArn",
  "keyArn",
  "grantId",
  "grantToken",
  "wrappedDataKey",
  "sealedKey",
  "createdAt",
] as const;

function secret(
  row: Omit<BalancerSecret, "keyArn" | "loadBalancerArn"> & {
    readonly keyArn: string;
    readonly loadBalancerArn: string;
  },
): BalancerSecret {
  return { ...row, keyArn: row.keyArn as KeyArn, loadBalancerArn: row.loadBalancerArn as LoadBalancerArn };
}
