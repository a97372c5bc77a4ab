import type { Entity } from "#domain/identity/entity.ts";
import { fold } from "./iam-entities.ts";
import type { Db, Tx } from "./store.ts";

/** Puts a held user into a held group; one who is in it already stays. */
export async function insertMember(tx: Tx, user: Entity, group: Entity): Promise<void> {
  await tx
    .insertInto("iamMembers")
    .values({ userId: user.id, groupId: group.id, groupKey: fold(group.name), userKey: fold(user.name) })
    .onConflict((conflict) => conflict.columns(["userId", "groupId"]).doNothing())
    .execute();
}

/** Whether the user was in the group. */
export async function deleteMember(tx: Tx, userId: string, groupId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("iamMembers")
    .where("userId", "=", userId)
    .where("groupId", "=", groupId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** The ids of the groups that a user is in. */
export async function groupsOf(db: Db, userId: string): Promise<readonly string[]> {
  const rows = await db.selectFrom("iamMembers").select("groupId").where("userId", "=", userId).execute();
  return rows.map(({ groupId }) => groupId);
}

/** A page of the users in a group, by name: their ids, and the place of each. */
export async function membersOf(
  db: Db,
  groupId: string,
  after: string,
  limit: number,
): Promise<{ readonly id: string; readonly place: string }[]> {
  return await db
    .selectFrom("iamMembers")
    .select(["userId as id", "userKey as place"])
    .where("groupId", "=", groupId)
    .where("userKey", ">", after)
    .orderBy("userKey")
    .limit(limit)
    .execute();
}

/** Gives an instance profile its role; false when it has one already. */
export async function insertProfileRole(tx: Tx, profileId: string, roleId: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("iamProfileRoles")
    .values({ profileId, roleId })
    .onConflict((conflict) => conflict.column("profileId").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether the instance profile had that role. */
export async function deleteProfileRole(tx: Tx, profileId: string, roleId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("iamProfileRoles")
    .where("profileId", "=", profileId)
    .where("roleId", "=", roleId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** Which role each of those instance profiles has. */
export async function rolesOfProfiles(
  db: Db,
  profileIds: readonly string[],
): Promise<{ readonly profileId: string; readonly roleId: string }[]> {
  if (profileIds.length === 0) return [];
  return await db
    .selectFrom("iamProfileRoles")
    .select(["profileId", "roleId"])
    .where("profileId", "in", profileIds)
    .execute();
}

/** A page of the ids of the instance profiles that have a role. */
export async function profilesOfRole(db: Db, roleId: string, after = "", limit = 1): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("iamProfileRoles")
    .select("profileId")
    .where("roleId", "=", roleId)
    .where("profileId", ">", after)
    .orderBy("profileId")
    .limit(limit)
    .execute();
  return rows.map(({ profileId }) => profileId);
}
