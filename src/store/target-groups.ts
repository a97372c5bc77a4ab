import type { LoadBalancerArn } from "#domain/arn.ts";
import type { ListenerArn, RuleArn, TargetGroupArn } from "#domain/balancers/arns.ts";
import type { TargetProtocol } from "#domain/balancers/protocols.ts";
import type { ProtocolVersion, TargetGroup, TargetType } from "#domain/balancers/target-group.ts";
import type { EdgeHealthCheck } from "#domain/edge-config.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

/** Whether the target group is now there; false when its name is another's. */
export async function insertTargetGroup(tx: Tx, group: TargetGroup): Promise<boolean> {
  const { healthCheck, attributes, loadBalancerArn, ...columns } = group;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("targetGroups")
    .values({
      ...columns,
      loadBalancerArn: loadBalancerArn ?? null,
      healthCheck: JSON.stringify(healthCheck),
      attributes: JSON.stringify(attributes),
    })
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findTargetGroup(db: Db, arn: TargetGroupArn): Promise<TargetGroup | undefined> {
  const row = await groups(db).where("arn", "=", arn).executeTakeFirst();
  return row && targetGroup(row);
}

export async function findTargetGroupByName(db: Db, owner: Owner, name: string): Promise<TargetGroup | undefined> {
  const row = await groups(db)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", "=", name)
    .executeTakeFirst();
  return row && targetGroup(row);
}

/** The target groups of an owner in the order of their names, those after `after`. */
export async function listTargetGroups(
  db: Db,
  owner: Owner,
  after: string | undefined,
  limit: number,
): Promise<TargetGroup[]> {
  const rows = await groups(db)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", ">", after ?? "")
    .orderBy("name")
    .limit(limit)
    .execute();
  return rows.map(targetGroup);
}

/** The target groups that a load balancer's listeners forward to, in the order of their names, those after `after`. */
export async function listTargetGroupsOfBalancer(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  after: string | undefined,
  limit: number,
): Promise<TargetGroup[]> {
  const rows = await groups(db)
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where("name", ">", after ?? "")
    .orderBy("name")
    .limit(limit)
    .execute();
  return rows.map(targetGroup);
}

/** Holds a target group to the end of the transaction and shows it as it is then; undefined when there is none. */
export async function holdTargetGroup(tx: Tx, arn: TargetGroupArn): Promise<TargetGroup | undefined> {
  const row = await tx
    .updateTable("targetGroups")
    .set((group) => ({ revision: group("revision", "+", 1) }))
    .where("arn", "=", arn)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && targetGroup(row);
}

/** Gives a target group to a load balancer; false when it is another's, or gone. */
export async function claimTargetGroup(
  tx: Tx,
  arn: TargetGroupArn,
  loadBalancerArn: LoadBalancerArn,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("targetGroups")
    .set((group) => ({ loadBalancerArn, revision: group("revision", "+", 1) }))
    .where("arn", "=", arn)
    .where((group) => group.or([group("loadBalancerArn", "is", null), group("loadBalancerArn", "=", loadBalancerArn)]))
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Writes which target groups a rule, also a default one, forwards to. */
export async function setRuleTargetGroups(
  tx: Tx,
  { ruleArn, listenerArn }: { readonly ruleArn: RuleArn; readonly listenerArn: ListenerArn },
  targetGroupArns: readonly TargetGroupArn[],
): Promise<void> {
  await tx.deleteFrom("listenerTargetGroups").where("ruleArn", "=", ruleArn).execute();
  if (targetGroupArns.length === 0) return;
  await tx
    .insertInto("listenerTargetGroups")
    .values(targetGroupArns.map((targetGroupArn) => ({ ruleArn, listenerArn, targetGroupArn })))
    .execute();
}

/** Frees the target groups of a load balancer that none of its rules forwards to any more. */
export async function releaseTargetGroups(tx: Tx, loadBalancerArn: LoadBalancerArn): Promise<void> {
  await tx
    .updateTable("targetGroups")
    .set((group) => ({ loadBalancerArn: null, revision: group("revision", "+", 1) }))
    .where("loadBalancerArn", "=", loadBalancerArn)
    .where((group) =>
      group.not(
        group.exists(
          group
            .selectFrom("listenerTargetGroups")
            .select("listenerArn")
            .whereRef("listenerTargetGroups.targetGroupArn", "=", "targetGroups.arn"),
        ),
      ),
    )
    .execute();
}

export async function setHealthCheck(tx: Tx, arn: TargetGroupArn, healthCheck: EdgeHealthCheck): Promise<void> {
  await tx
    .updateTable("targetGroups")
    .set({ healthCheck: JSON.stringify(healthCheck) })
    .where("arn", "=", arn)
    .execute();
}

export async function setTargetGroupAttributes(
  tx: Tx,
  arn: TargetGroupArn,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  await tx
    .updateTable("targetGroups")
    .set({ attributes: JSON.stringify(attributes) })
    .where("arn", "=", arn)
    .execute();
}

/** Removes a target group with its targets; false when a load balancer uses it, or when there is none. */
export async function removeTargetGroup(tx: Tx, arn: TargetGroupArn): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("targetGroups")
    .where("arn", "=", arn)
    .where("loadBalancerArn", "is", null)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

const COLUMNS = [
  "arn",
  "account",
  "region",
  "name",
  "protocol",
  "protocolVersion",
  "targetType",
  "port",
  "vpcId",
  "loadBalancerArn",
  "healthCheck",
  "attributes",
] as const;

function groups(db: Db) {
  return db.selectFrom("targetGroups").select(COLUMNS);
}

interface Row {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly protocol: string;
  readonly protocolVersion: string;
  readonly targetType: string;
  readonly port: number;
  readonly vpcId: string;
  readonly loadBalancerArn: string | null;
  readonly healthCheck: string;
  readonly attributes: string;
}

function targetGroup(row: Row): TargetGroup {
  return {
    arn: row.arn as TargetGroupArn,
    account: row.account as AccountId,
    region: row.region as Region,
    name: row.name,
    protocol: row.protocol as TargetProtocol,
    protocolVersion: row.protocolVersion as ProtocolVersion,
    targetType: row.targetType as TargetType,
    port: row.port,
    vpcId: row.vpcId,
    loadBalancerArn: (row.loadBalancerArn as LoadBalancerArn | null) ?? undefined,
    healthCheck: JSON.parse(row.healthCheck) as EdgeHealthCheck,
    attributes: JSON.parse(row.attributes) as Record<string, string>,
  };
}
