import type { Owner } from "#domain/names.ts";
import { checkId, newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import {
  checkRuleDescription,
  type GroupRule,
  type NewGroupRule,
  type RuleMatch,
  ruleText,
  type SecurityGroup,
  sameMatch,
} from "#domain/network/security-group.ts";
import { Refusal } from "#domain/refusal.ts";
import { dropNetworkTags } from "#store/network-tags.ts";
import { insertGroupRule, removeGroupRules, rulesOfGroups, updateGroupRule } from "#store/security-group-rules.ts";
import { findSecurityGroup } from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";
import { findDefaultVpc } from "#store/vpcs.ts";
import { announceGroups } from "./announce-groups.ts";
import { owned } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { groupMissing, heldGroup } from "./find.ts";

/**
 * Adds rules to a group, all or none; the edges of its load balancers are told. Throws `group-not-found`,
 * `group-rule-exists`, `group-rules-too-many`, `network-value-invalid`.
 */
export async function authorize(
  tx: Tx,
  groupId: string,
  rules: readonly NewGroupRule[],
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<readonly GroupRule[]> {
  const group = await heldGroup(tx, groupId, owner);
  const made: GroupRule[] = [];
  for (const rule of rules) {
    checkRuleDescription(rule.description);
    await checkSource(tx, rule, group);
    const kept = { ...rule, ...owned(owner), id: newId("sgr", ids), groupId };
    if (!(await insertGroupRule(tx, kept))) throw ruleExists(rule);
    made.push(kept);
  }
  await checkCount(tx, groupId);
  await announceGroups(tx, [groupId]);
  return made;
}

/** What became of rules that were to be taken away. */
export interface Revoked {
  readonly revoked: readonly GroupRule[];
  /** Those that the group did not have: only in a default VPC is that no error. */
  readonly unknown: readonly RuleMatch[];
}

/**
 * Takes rules away by what they say. Throws `group-not-found`, and `group-rule-not-found` where the group does not have
 * one of them and is not in the default VPC, as EC2 does.
 */
export async function revoke(
  tx: Tx,
  groupId: string,
  rules: readonly (RuleMatch & { readonly egress: boolean })[],
  owner: Owner,
): Promise<Revoked> {
  const group = await heldGroup(tx, groupId, owner);
  const present = await rulesOfGroups(tx, [groupId]);
  const find = (rule: RuleMatch & { readonly egress: boolean }): GroupRule | undefined =>
    present.find((each) => each.egress === rule.egress && sameMatch(each, rule));
  const unknown = rules.filter((rule) => find(rule) === undefined);
  if (unknown.length > 0 && (await findDefaultVpc(tx, owner))?.id !== group.vpcId) {
    throw new Refusal("group-rule-not-found", "The specified rule does not exist in this security group.");
  }
  const revoked = [...new Set(rules.map(find))].filter((rule) => rule !== undefined);
  await remove(tx, group, revoked);
  return { revoked, unknown };
}

/** Takes rules away by their ids. Throws `group-rule-id-not-found`, `group-rule-id-malformed`. */
export async function revokeById(
  tx: Tx,
  groupId: string,
  { ruleIds, egress }: { readonly ruleIds: readonly string[]; readonly egress: boolean },
  owner: Owner,
): Promise<Revoked> {
  const group = await heldGroup(tx, groupId, owner);
  const present = byId(await rulesOfGroups(tx, [groupId]));
  const revoked = [...new Set(ruleIds)].map((id) => ruleOf(present, id));
  const other = revoked.find((rule) => rule.egress !== egress);
  if (other) throw ruleMissing(other.id);
  await remove(tx, group, revoked);
  return { revoked, unknown: [] };
}

/** Replaces what rules say, all or none; their direction stays. Throws as `authorize`, and `group-rule-id-not-found`. */
export async function modifyRules(
  tx: Tx,
  groupId: string,
  changes: readonly { readonly id: string; readonly rule: RuleMatch & { readonly description: string | undefined } }[],
  owner: Owner,
): Promise<void> {
  const group = await heldGroup(tx, groupId, owner);
  const present = byId(await rulesOfGroups(tx, [groupId]));
  for (const { id, rule } of changes) {
    checkRuleDescription(rule.description);
    await checkSource(tx, rule, group);
    const before = ruleOf(present, id);
    const others = [...present.values()].filter((each) => each.id !== id && each.egress === before.egress);
    if (others.some((each) => sameMatch(each, rule))) throw ruleExists(rule);
    const changed = { ...before, ...rule };
    await updateGroupRule(tx, changed);
    present.set(id, changed);
  }
  await announceGroups(tx, [groupId]);
}

/** Sets the descriptions of rules by what they say or by id. Throws `group-rule-not-found`, `group-rule-id-not-found`. */
export async function describeRules(
  tx: Tx,
  groupId: string,
  descriptions: readonly ({ readonly description: string | undefined } & (
    | { readonly id: string }
    | { readonly rule: RuleMatch & { readonly egress: boolean } }
  ))[],
  owner: Owner,
): Promise<void> {
  await heldGroup(tx, groupId, owner);
  const present = byId(await rulesOfGroups(tx, [groupId]));
  for (const entry of descriptions) {
    checkRuleDescription(entry.description);
    const found =
      "id" in entry
        ? ruleOf(present, entry.id)
        : [...present.values()].find((each) => each.egress === entry.rule.egress && sameMatch(each, entry.rule));
    if (!found) {
      throw new Refusal("group-rule-not-found", "The specified rule does not exist in this security group.");
    }
    await updateGroupRule(tx, { ...found, description: entry.description });
  }
}

/** A rule lets in a group of the same VPC only: there is no peering. */
async function checkSource(tx: Tx, { sourceKind, source }: RuleMatch, group: SecurityGroup): Promise<void> {
  if (sourceKind !== "group") return;
  checkId("security-group", source);
  const named = await findSecurityGroup(tx, group, source);
  if (!named) throw groupMissing(source);
  if (named.vpcId !== group.vpcId) {
    throw new Refusal("group-not-found", "You have specified two resources that belong to different networks.");
  }
}

async function checkCount(tx: Tx, groupId: string): Promise<void> {
  const rules = await rulesOfGroups(tx, [groupId]);
  for (const egress of [false, true]) {
    if (rules.filter((rule) => rule.egress === egress).length > NETWORK_QUOTAS.rulesPerGroup) {
      throw new Refusal("group-rules-too-many", "The maximum number of rules per security group has been reached.");
    }
  }
}

function byId(rules: readonly GroupRule[]): Map<string, GroupRule> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

function ruleOf(rules: ReadonlyMap<string, GroupRule>, id: string): GroupRule {
  checkId("security-group-rule", id);
  const rule = rules.get(id);
  if (!rule) throw ruleMissing(id);
  return rule;
}

async function remove(tx: Tx, group: SecurityGroup, rules: readonly GroupRule[]): Promise<void> {
  const ids = rules.map(({ id }) => id);
  await removeGroupRules(tx, ids);
  await dropNetworkTags(tx, group, ids);
  await announceGroups(tx, [group.id]);
}

function ruleExists(rule: RuleMatch): Refusal {
  return new Refusal("group-rule-exists", `the specified rule "${ruleText(rule)}" already exists`);
}

export function ruleMissing(id: string): Refusal {
  return new Refusal("group-rule-id-not-found", `The security group rule ID '${id}' does not exist`);
}
