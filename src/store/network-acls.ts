import type { AclEntry } from "#domain/network/routing.ts";
import type { Db, Tx } from "./store.ts";

/** Whether the entry is now there; false when the ACL has one of that number in that direction. */
export async function insertAclEntry(tx: Tx, vpcId: string, entry: AclEntry): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("networkAclEntries")
    .values({ vpcId, egress: entry.egress ? 1 : 0, ruleNumber: entry.ruleNumber, ...content(entry) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether there was an entry of that number in that direction to replace. */
export async function replaceAclEntry(tx: Tx, vpcId: string, entry: AclEntry): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("networkAclEntries")
    .set(content(entry))
    .where("vpcId", "=", vpcId)
    .where("egress", "=", entry.egress ? 1 : 0)
    .where("ruleNumber", "=", entry.ruleNumber)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Whether there was one to remove. */
export async function removeAclEntry(tx: Tx, vpcId: string, egress: boolean, ruleNumber: number): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("networkAclEntries")
    .where("vpcId", "=", vpcId)
    .where("egress", "=", egress ? 1 : 0)
    .where("ruleNumber", "=", ruleNumber)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

/** The entries of the network ACLs of VPCs, in the order in which they would count. */
export async function aclEntriesOf(
  db: Db,
  vpcIds: readonly string[],
): Promise<readonly (AclEntry & { readonly vpcId: string })[]> {
  if (vpcIds.length === 0) return [];
  const rows = await db
    .selectFrom("networkAclEntries")
    .select([
      "vpcId",
      "egress",
      "ruleNumber",
      "protocol",
      "action",
      "cidr",
      "fromPort",
      "toPort",
      "icmpType",
      "icmpCode",
    ])
    .where("vpcId", "in", vpcIds)
    .orderBy("vpcId")
    .orderBy("egress")
    .orderBy("ruleNumber")
    .execute();
  return rows.map((row) => ({
    ...row,
    egress: row.egress === 1,
    action: row.action as AclEntry["action"],
    fromPort: row.fromPort ?? undefined,
    toPort: row.toPort ?? undefined,
    icmpType: row.icmpType ?? undefined,
    icmpCode: row.icmpCode ?? undefined,
  }));
}

function content({ protocol, action, cidr, fromPort, toPort, icmpType, icmpCode }: AclEntry) {
  return {
    protocol,
    action,
    cidr,
    fromPort: fromPort ?? null,
    toPort: toPort ?? null,
    icmpType: icmpType ?? null,
    icmpCode: icmpCode ?? null,
  };
}
