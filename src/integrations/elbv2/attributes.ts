import { changedAttributes, everyAttribute } from "#domain/balancers/attributes.ts";
import { balancerAttributes } from "#domain/balancers/balancer-attributes.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import { listenerAttributes } from "#domain/balancers/listener-attributes.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import { targetGroupAttributes } from "#domain/balancers/target-group-attributes.ts";
import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import { setListenerAttributes } from "#store/listeners.ts";
import { setBalancerAttributes } from "#store/load-balancers.ts";
import type { Store } from "#store/store.ts";
import { setTargetGroupAttributes } from "#store/target-groups.ts";
import { heldListener, heldLoadBalancer, heldTargetGroup, listenerOf, loadBalancerOf, targetGroupOf } from "./find.ts";
import { announceTargetGroup } from "./target-groups.ts";

/** Every attribute of a resource, by name. */
export type Attributes = Readonly<Record<string, string>>;
export type AttributeChanges = readonly (readonly [key: string, value: string])[];

type StoreDeps = { readonly store: Store };

export function attributesOfBalancer({ type, scheme, attributes }: LoadBalancer): Attributes {
  return everyAttribute(balancerAttributes(type, scheme).table, attributes);
}

export function attributesOfListener({ protocol, attributes }: Listener): Attributes {
  return everyAttribute(listenerAttributes(protocol).table, attributes);
}

export function attributesOfTargetGroup(group: TargetGroup): Attributes {
  return everyAttribute(targetGroupAttributes(group).table, group.attributes);
}

/** Throws `balancer-not-found`. */
export async function findBalancerAttributes(arn: string, owner: Owner, { store }: StoreDeps): Promise<Attributes> {
  return attributesOfBalancer(await loadBalancerOf(store, arn, owner));
}

/** All of the changes or none. Throws `balancer-not-found` and what `changedAttributes` throws. */
export async function changeBalancerAttributes(
  arn: string,
  changes: AttributeChanges,
  owner: Owner,
  { store }: StoreDeps,
): Promise<Attributes> {
  return await store.transaction().execute(async (tx) => {
    const balancer = await heldLoadBalancer(tx, arn, owner);
    const rules = balancerAttributes(balancer.type, balancer.scheme);
    const attributes = changedAttributes(rules, balancer.attributes, changes);
    await setBalancerAttributes(tx, balancer.arn, attributes);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    return everyAttribute(rules.table, attributes);
  });
}

/** Throws `target-group-not-found`. */
export async function findTargetGroupAttributes(arn: string, owner: Owner, { store }: StoreDeps): Promise<Attributes> {
  return attributesOfTargetGroup(await targetGroupOf(store, arn, owner));
}

/** All of the changes or none. Throws `target-group-not-found` and what `changedAttributes` throws. */
export async function changeTargetGroupAttributes(
  arn: string,
  changes: AttributeChanges,
  owner: Owner,
  { store }: StoreDeps,
): Promise<Attributes> {
  return await store.transaction().execute(async (tx) => {
    const group = await heldTargetGroup(tx, arn, owner);
    const rules = targetGroupAttributes(group);
    const attributes = changedAttributes(rules, group.attributes, changes);
    await setTargetGroupAttributes(tx, group.arn, attributes);
    await announceTargetGroup(tx, group);
    return everyAttribute(rules.table, attributes);
  });
}

/** Throws `listener-not-found`. */
export async function findListenerAttributes(arn: string, owner: Owner, { store }: StoreDeps): Promise<Attributes> {
  const { listener } = await listenerOf(store, arn, owner);
  return attributesOfListener(listener);
}

/** All of the changes or none. Throws `listener-not-found` and what `changedAttributes` throws. */
export async function changeListenerAttributes(
  arn: string,
  changes: AttributeChanges,
  owner: Owner,
  { store }: StoreDeps,
): Promise<Attributes> {
  return await store.transaction().execute(async (tx) => {
    const { listener, balancer } = await heldListener(tx, arn, owner);
    const rules = listenerAttributes(listener.protocol);
    const attributes = changedAttributes(rules, listener.attributes, changes);
    await setListenerAttributes(tx, listener.arn, attributes);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    return everyAttribute(rules.table, attributes);
  });
}
