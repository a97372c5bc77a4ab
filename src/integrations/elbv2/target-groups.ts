import { targetGroupArn } from "#domain/balancers/arns.ts";
import { changedHealthCheck, type GivenHealthCheck, newHealthCheck } from "#domain/balancers/health-checks.ts";
import { checkTargetGroupName } from "#domain/balancers/names.ts";
import { targetProtocol } from "#domain/balancers/protocols.ts";
import {
  checkKind,
  type ProtocolVersion,
  sameTargetGroup,
  type TargetGroup,
  type TargetType,
} from "#domain/balancers/target-group.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { checkVpc } from "#integrations/ec2/placement.ts";
import { announce } from "#store/edge-changes.ts";
import type { Tx } from "#store/store.ts";
import { findTargetGroupByName, insertTargetGroup, removeTargetGroup, setHealthCheck } from "#store/target-groups.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldTargetGroup, readTargetGroupArn } from "./find.ts";
import { checkTags, sameTags, type Tag, tag, untagAll } from "./tags.ts";

export interface NewTargetGroup {
  readonly name: string;
  readonly protocol: string;
  readonly protocolVersion: ProtocolVersion;
  readonly targetType: TargetType;
  readonly port: number;
  readonly vpcId: string;
  readonly healthCheck: GivenHealthCheck;
  readonly tags: readonly Tag[];
}

/**
 * Makes a target group. Asking again with the same settings answers the same one. Throws `target-group-name-used`,
 * `protocol-unsupported`, `balancer-input-invalid`, `balancer-configuration-invalid`.
 */
export async function createTargetGroup(
  request: NewTargetGroup,
  owner: Owner,
  deps: BalancerDeps,
): Promise<TargetGroup> {
  const { store, ids } = deps;
  const { name, port, vpcId, tags, protocolVersion, targetType } = request;
  checkTargetGroupName(name);
  checkTags(tags);
  const kind = { protocol: targetProtocol(request.protocol), protocolVersion, targetType };
  checkKind(kind);
  const group: TargetGroup = {
    ...kind,
    name,
    port,
    vpcId,
    healthCheck: newHealthCheck(kind, request.healthCheck),
    account: owner.account,
    region: owner.region,
    arn: targetGroupArn(owner, name, ids.hex(8)),
    loadBalancerArn: undefined,
    attributes: {},
  };
  return await store.transaction().execute(async (tx) => {
    await checkVpc(tx, vpcId, owner, deps);
    if (await insertTargetGroup(tx, group)) {
      await tag(tx, group.arn, tags);
      return group;
    }
    const present = await findTargetGroupByName(tx, owner, name);
    if (present && sameTargetGroup(present, group) && (await sameTags(tx, present.arn, tags))) return present;
    throw new Refusal(
      "target-group-name-used",
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  });
}

/** Changes the health check. Throws `target-group-not-found`, `balancer-input-invalid`. */
export async function modifyTargetGroup(
  arn: string,
  change: GivenHealthCheck,
  owner: Owner,
  { store }: BalancerDeps,
): Promise<TargetGroup> {
  return await store.transaction().execute(async (tx) => {
    const group = await heldTargetGroup(tx, arn, owner);
    const healthCheck = changedHealthCheck(group, group.healthCheck, change);
    await setHealthCheck(tx, group.arn, healthCheck);
    await announceTargetGroup(tx, group);
    return { ...group, healthCheck };
  });
}

/** Removes a target group with its targets; does nothing when there is none. Throws `resource-in-use`. */
export async function deleteTargetGroup(text: string, owner: Owner, { store }: BalancerDeps): Promise<void> {
  const arn = readTargetGroupArn(text);
  const removal = store.transaction().execute(async (tx) => {
    await heldTargetGroup(tx, arn, owner);
    if (!(await removeTargetGroup(tx, arn))) {
      throw new Refusal("resource-in-use", `Target group '${arn}' is currently in use by a listener or a rule`);
    }
    await untagAll(tx, [arn]);
  });
  await removal.catch((error: unknown) => {
    // Outside of the transaction: another account's group is not even held.
    if (!(error instanceof Refusal && error.code === "target-group-not-found")) throw error;
  });
}

/** Tells the edges, where the target group is a load balancer's. */
export async function announceTargetGroup(tx: Tx, { loadBalancerArn }: TargetGroup): Promise<void> {
  if (loadBalancerArn !== undefined) await announce(tx, { kind: "balancer", loadBalancerArn });
}
