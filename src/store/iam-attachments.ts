import type { Entity, PrincipalKind } from "#domain/identity/entity.ts";
import type { AccountId } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

/** A managed policy as one is attached. */
export interface Attached {
  readonly arn: string;
  readonly name: string;
}

/** Attaches a policy to a held entity; false when it was attached already. */
export async function insertAttachment(tx: Tx, { id, account, kind }: Entity, policy: Attached): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("iamAttachments")
    .values({ entityId: id, account, kind: kind as PrincipalKind, policyArn: policy.arn, policyName: policy.name })
    .onConflict((conflict) => conflict.columns(["entityId", "policyArn"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether it was attached. */
export async function deleteAttachment(tx: Tx, entityId: string, policyArn: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("iamAttachments")
    .where("entityId", "=", entityId)
    .where("policyArn", "=", policyArn)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** The policies that are attached to an entity, by ARN, those after `after`. */
export async function listAttachments(db: Db, entityId: string, after = "", limit = 1000): Promise<Attached[]> {
  const rows = await db
    .selectFrom("iamAttachments")
    .select(["policyArn", "policyName"])
    .where("entityId", "=", entityId)
    .where("policyArn", ">", after)
    .orderBy("policyArn")
    .limit(limit)
    .execute();
  return rows.map(({ policyArn, policyName }) => ({ arn: policyArn, name: policyName }));
}

/** The ARNs of the policies that are attached to any of those entities. */
export async function attachmentsOfAll(db: Db, entityIds: readonly string[]): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("iamAttachments")
    .select("policyArn")
    .distinct()
    .where("entityId", "in", entityIds)
    .execute();
  return rows.map(({ policyArn }) => policyArn);
}

/** How a policy is used by whom. */
export interface PolicyUser {
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly path: string;
}

/** A page of whom a policy is attached to, by kind and id. */
export async function attachedTo(
  db: Db,
  account: AccountId,
  arn: string,
  kind: PrincipalKind,
  after: string,
  limit: number,
): Promise<PolicyUser[]> {
  return await db
    .selectFrom("iamAttachments")
    .innerJoin("iamEntities", "iamEntities.id", "iamAttachments.entityId")
    .select(["iamAttachments.entityId as id", "iamAttachments.kind", "iamEntities.name", "iamEntities.path"])
    .where("iamAttachments.account", "=", account)
    .where("iamAttachments.policyArn", "=", arn)
    .where("iamAttachments.kind", "=", kind)
    .where("iamAttachments.entityId", ">", after)
    .orderBy("iamAttachments.entityId")
    .limit(limit)
    .execute();
}

/** A page of whom a policy bounds, by place. */
export async function boundedBy(
  db: Db,
  account: AccountId,
  arn: string,
  kind: PrincipalKind,
  after: string,
  limit: number,
): Promise<(PolicyUser & { readonly place: string })[]> {
  const rows = await db
    .selectFrom("iamEntities")
    .select(["id", "name", "path", "place"])
    .where("account", "=", account)
    .where("boundary", "=", arn)
    .where("kind", "=", kind)
    .where("place", ">", after)
    .orderBy("place")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, kind }));
}
