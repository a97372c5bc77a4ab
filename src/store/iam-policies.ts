import type { ManagedPolicy, PolicyVersion } from "#domain/identity/managed-policy.ts";
import type { AccountId } from "#domain/names.ts";
import { fold, type PlacePage, placeOf } from "./iam-entities.ts";
import { behind } from "./name-page.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export type PolicyOwner = "Local" | "AWS";

/** Whether the policy, as yet without versions, is now there; false when its name is another's. */
export async function insertPolicy(
  tx: Tx,
  account: AccountId,
  owner: PolicyOwner,
  policy: ManagedPolicy,
): Promise<boolean> {
  const { arn, id, name, path } = policy;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("iamPolicies")
    .values({
      account,
      owner,
      arn,
      id,
      name,
      path,
      nameKey: fold(name),
      place: placeOf(path, name),
      description: policy.description ?? null,
      createdAt: policy.createdAt.getTime(),
      updatedAt: policy.updatedAt.getTime(),
      defaultVersion: policy.defaultVersion,
      nextVersion: policy.defaultVersion + 1,
      attachments: 0,
      boundaries: 0,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findPolicy(db: Db, account: AccountId, arn: string): Promise<ManagedPolicy | undefined> {
  const row = await db
    .selectFrom("iamPolicies")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("arn", "=", arn)
    .executeTakeFirst();
  return row && policyOf(row);
}

/** Holds a policy to the end of the transaction, against its removal too; undefined when there is none. */
export async function holdPolicy(tx: Tx, account: AccountId, arn: string): Promise<ManagedPolicy | undefined> {
  const row = await tx
    .updateTable("iamPolicies")
    .set((policy) => ({ defaultVersion: policy.ref("defaultVersion") }))
    .where("account", "=", account)
    .where("arn", "=", arn)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && policyOf(row);
}

/** Counts a use of a policy that begins (1) or ends (-1); false when there is no such policy. */
export async function countPolicyUse(
  tx: Tx,
  account: AccountId,
  arn: string,
  use: "attachments" | "boundaries",
  change: 1 | -1,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("iamPolicies")
    .set((policy) => ({ [use]: policy(use, "+", change) }))
    .where("account", "=", account)
    .where("arn", "=", arn)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** A page of an account's policies by path and name; `used` narrows to those that are used so. */
export async function listPolicies(
  db: Db,
  owner: PolicyOwner,
  { account, prefix, after, limit }: PlacePage,
  used: "attachments" | "boundaries" | undefined,
): Promise<ManagedPolicy[]> {
  const rows = await db
    .selectFrom("iamPolicies")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("owner", "=", owner)
    .where("place", ">", after)
    .where("place", ">=", prefix)
    .where("place", "<", behind(prefix))
    .$if(used !== undefined, (query) => query.where(used ?? "attachments", ">", 0))
    .orderBy("place")
    .limit(limit)
    .execute();
  return rows.map(policyOf);
}

/** The policies of those ARNs that an account has, in no order. */
export async function policiesByArn(db: Db, account: AccountId, arns: readonly string[]): Promise<ManagedPolicy[]> {
  if (arns.length === 0) return [];
  const rows = await db
    .selectFrom("iamPolicies")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("arn", "in", arns)
    .execute();
  return rows.map(policyOf);
}

/** Removes a held policy that nothing uses, with its versions and tags. */
export async function removePolicy(tx: Tx, account: AccountId, arn: string): Promise<void> {
  await tx.deleteFrom("iamTags").where("owner", "=", arn).execute();
  await tx.deleteFrom("iamPolicyVersions").where("arn", "=", arn).execute();
  await tx.deleteFrom("iamPolicies").where("account", "=", account).where("arn", "=", arn).execute();
}

/** Gives a held policy its next version, in force if it is to be; answers its number. */
export async function insertPolicyVersion(
  tx: Tx,
  account: AccountId,
  arn: string,
  { document, createdAt, isDefault }: Omit<PolicyVersion, "number">,
): Promise<number> {
  const { nextVersion } = await tx
    .updateTable("iamPolicies")
    .set((policy) => ({ nextVersion: policy("nextVersion", "+", 1) }))
    .where("account", "=", account)
    .where("arn", "=", arn)
    .returning("nextVersion")
    .executeTakeFirstOrThrow();
  const number = nextVersion - 1;
  await putPolicyVersion(tx, arn, { number, document, createdAt });
  if (isDefault) await setDefaultVersion(tx, account, arn, number, createdAt);
  return number;
}

/** Stores one version of a policy. */
export async function putPolicyVersion(
  tx: Tx,
  arn: string,
  { number, document, createdAt }: Omit<PolicyVersion, "isDefault">,
): Promise<void> {
  await tx.insertInto("iamPolicyVersions").values({ arn, number, document, createdAt: createdAt.getTime() }).execute();
}

export async function setDefaultVersion(
  tx: Tx,
  account: AccountId,
  arn: string,
  number: number,
  now: Date,
): Promise<void> {
  await tx
    .updateTable("iamPolicies")
    .set({ defaultVersion: number, updatedAt: now.getTime() })
    .where("account", "=", account)
    .where("arn", "=", arn)
    .execute();
}

/** The versions of a policy, the newest first. There are at most five. */
export async function listPolicyVersions(
  db: Db,
  { arn, defaultVersion }: Pick<ManagedPolicy, "arn" | "defaultVersion">,
): Promise<PolicyVersion[]> {
  const rows = await db
    .selectFrom("iamPolicyVersions")
    .select(["number", "document", "createdAt"])
    .where("arn", "=", arn)
    .orderBy("number", "desc")
    .execute();
  return rows.map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt),
    isDefault: row.number === defaultVersion,
  }));
}

/** Whether there was one. */
export async function deletePolicyVersion(tx: Tx, arn: string, number: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("iamPolicyVersions")
    .where("arn", "=", arn)
    .where("number", "=", number)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** What the versions in force of those of an account's policies say, by ARN. */
export async function defaultDocuments(
  db: Db,
  account: AccountId,
  arns: readonly string[],
): Promise<{ readonly arn: string; readonly document: string }[]> {
  if (arns.length === 0) return [];
  return await db
    .selectFrom("iamPolicies")
    .innerJoin("iamPolicyVersions", (join) =>
      join
        .onRef("iamPolicyVersions.arn", "=", "iamPolicies.arn")
        .onRef("iamPolicyVersions.number", "=", "iamPolicies.defaultVersion"),
    )
    .select(["iamPolicies.arn", "iamPolicyVersions.document"])
    .where("iamPolicies.account", "=", account)
    .where("iamPolicies.arn", "in", arns)
    .execute();
}

interface Row {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly description: string | null;
  readonly createdAt: EpochMillis;
  readonly updatedAt: EpochMillis;
  readonly defaultVersion: number;
  readonly attachments: number;
  readonly boundaries: number;
}

function policyOf(row: Row): ManagedPolicy {
  return {
    ...row,
    description: row.description ?? undefined,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

const COLUMNS = [
  "arn",
  "id",
  "name",
  "path",
  "description",
  "createdAt",
  "updatedAt",
  "defaultVersion",
  "attachments",
  "boundaries",
] as const;
