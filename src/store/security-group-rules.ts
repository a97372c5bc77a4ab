import type { Selectable } from "kysely";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { GroupRule } from "#domain/network/security-group.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";
import type { NetworkTables } from "./tables/networks.ts";

/** Whether the rule is now there; false when its group has one for the same already. */
export async function insertGroupRule(tx: Tx, { egress, description, ...rule }: GroupRule): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("securityGroupRules")
    .values({ ...rule, egress: egress ? 1 : 0, description: description ?? null })
    .onConflict((conflict) =>
      conflict.columns(["groupId", "egress", "protocol", "fromPort", "toPort", "source"]).doNothing(),
    )
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** The rules of groups; there are no more in each than its quota. */
export async function rulesOfGroups(db: Db, groupIds: readonly string[]): Promise<GroupRule[]> {
  if (groupIds.length === 0) return [];
  const rows = await db
    .selectFrom("securityGroupRules")
    .select(COLUMNS)
    .where("groupId", "in", groupIds)
    .orderBy("id")
    .execute();
  return rows.map(ruleOf);
}

/** An owner's rules by id: those named, those of groups, or a page of all. */
export async function listGroupRules(
  db: Db,
  owner: Owner,
  { ids, groupIds, after, limit }: OwnedPage & { readonly groupIds?: readonly string[] | undefined },
): Promise<GroupRule[]> {
  const rows = await ofOwner(db.selectFrom("securityGroupRules").select(COLUMNS), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .$if(groupIds !== undefined, (query) => query.where("groupId", "in", groupIds ?? []))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(ruleOf);
}

/** Replaces what a rule says, not its direction. */
export async function updateGroupRule(tx: Tx, rule: GroupRule): Promise<void> {
  const { protocol, fromPort, toPort, sourceKind, source, description } = rule;
  await tx
    .updateTable("securityGroupRules")
    .set({ protocol, fromPort, toPort, sourceKind, source, description: description ?? null })
    .where("id", "=", rule.id)
    .execute();
}

export async function removeGroupRules(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.deleteFrom("securityGroupRules").where("id", "in", ids).execute();
}

/** The groups with a rule that names a group, itself included. */
export async function groupsReferringTo(db: Db, groupId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("securityGroupRules")
    .select("groupId")
    .distinct()
    .where("source", "=", groupId)
    .orderBy("groupId")
    .execute();
  return rows.map((row) => row.groupId);
}

const COLUMNS = [
  "id",
  "account",
  "region",
  "groupId",
  "egress",
  "protocol",
  "fromPort",
  "toPort",
  "sourceKind",
  "source",
  "description",
] as const;

function ruleOf(row: Pick<Selectable<NetworkTables["securityGroupRules"]>, (typeof COLUMNS)[number]>): GroupRule {
  return {
    ...row,
    account: row.account as AccountId,
    region: row.region as Region,
    egress: row.egress === 1,
    sourceKind: row.sourceKind as GroupRule["sourceKind"],
    description: row.description ?? undefined,
  };
}
