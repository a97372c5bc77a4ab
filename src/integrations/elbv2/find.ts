import type { LoadBalancerArn } from "#domain/arn.ts";
import {
  type ListenerArn,
  parseListenerArn,
  parseLoadBalancerArn,
  parseTargetGroupArn,
  parseTrustStoreArn,
  type TargetGroupArn,
  type TrustStoreArn,
} from "#domain/balancers/arns.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import type { TrustStore } from "#domain/balancers/trust-store.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findListener } from "#store/listeners.ts";
import { findLoadBalancer, holdLoadBalancer } from "#store/load-balancers.ts";
import type { Db, Tx } from "#store/store.ts";
import { findTargetGroup, holdTargetGroup } from "#store/target-groups.ts";
import { changeTrustStore, findTrustStore, holdTrustStore } from "#store/trust-stores.ts";

/** An owner's load balancer. Throws `balancer-input-invalid` for what is no such ARN, `balancer-not-found`. */
export async function loadBalancerOf(db: Db, text: string, owner: Owner): Promise<LoadBalancer> {
  return owned(await findLoadBalancer(db, readLoadBalancerArn(text)), owner) ?? balancerNotFound(text);
}

/** As `loadBalancerOf`, and nobody else changes it or what belongs to it before the transaction ends. */
export async function heldLoadBalancer(tx: Tx, text: string, owner: Owner): Promise<LoadBalancer> {
  await holdLoadBalancer(tx, readLoadBalancerArn(text));
  return await loadBalancerOf(tx, text, owner);
}

/** A listener of one of the owner's load balancers. Throws `balancer-input-invalid`, `listener-not-found`. */
export async function listenerOf(
  db: Db,
  text: string,
  owner: Owner,
): Promise<{ readonly listener: Listener; readonly balancer: LoadBalancer }> {
  const listener = await findListener(db, readListenerArn(text));
  const balancer = listener && owned(await findLoadBalancer(db, listener.loadBalancerArn), owner);
  return listener && balancer ? { listener, balancer } : listenerNotFound(text);
}

/** As `listenerOf`, with the load balancer held. */
export async function heldListener(tx: Tx, text: string, owner: Owner): ReturnType<typeof listenerOf> {
  const { balancer } = await listenerOf(tx, text, owner);
  await holdLoadBalancer(tx, balancer.arn);
  return await listenerOf(tx, text, owner);
}

/** An owner's target group. Throws `balancer-input-invalid`, `target-group-not-found`. */
export async function targetGroupOf(db: Db, text: string, owner: Owner): Promise<TargetGroup> {
  return owned(await findTargetGroup(db, readTargetGroupArn(text)), owner) ?? targetGroupNotFound(text);
}

/** As `targetGroupOf`, and nobody else changes it or its targets before the transaction ends. */
export async function heldTargetGroup(tx: Tx, text: string, owner: Owner): Promise<TargetGroup> {
  return owned(await holdTargetGroup(tx, readTargetGroupArn(text)), owner) ?? targetGroupNotFound(text);
}

/** An owner's trust store. Throws `balancer-input-invalid`, `trust-store-not-found`. */
export async function trustStoreOf(db: Db, text: string, owner: Owner): Promise<TrustStore> {
  return owned(await findTrustStore(db, readTrustStoreArn(text)), owner) ?? trustStoreNotFound(text);
}

/** As `trustStoreOf`, and nobody else changes or removes it before the transaction ends. */
export async function heldTrustStore(tx: Tx, text: string, owner: Owner): Promise<TrustStore> {
  return owned(await holdTrustStore(tx, readTrustStoreArn(text)), owner) ?? trustStoreNotFound(text);
}

/** As `heldTrustStore`, with its change counted. */
export async function changedTrustStore(tx: Tx, text: string, owner: Owner): Promise<TrustStore> {
  return owned(await changeTrustStore(tx, readTrustStoreArn(text)), owner) ?? trustStoreNotFound(text);
}

/** Throws `balancer-input-invalid` for what is not the ARN of a load balancer. */
export function readLoadBalancerArn(text: string): LoadBalancerArn {
  return parseLoadBalancerArn(text) ?? notValid(text, "load balancer");
}

export function readListenerArn(text: string): ListenerArn {
  return parseListenerArn(text) ?? notValid(text, "listener");
}

export function readTargetGroupArn(text: string): TargetGroupArn {
  return parseTargetGroupArn(text) ?? notValid(text, "target group");
}

export function readTrustStoreArn(text: string): TrustStoreArn {
  return parseTrustStoreArn(text) ?? notValid(text, "trust store");
}

export function balancerNotFound(nameOrArn: string): never {
  throw new Refusal("balancer-not-found", `Load balancers '[${nameOrArn}]' not found`);
}

export function listenerNotFound(arn: string): never {
  throw new Refusal("listener-not-found", `Listeners '[${arn}]' not found`);
}

export function targetGroupNotFound(nameOrArn: string): never {
  throw new Refusal("target-group-not-found", `Target groups '[${nameOrArn}]' not found`);
}

export function trustStoreNotFound(nameOrArn: string): never {
  throw new Refusal("trust-store-not-found", `Trust stores '[${nameOrArn}]' not found`);
}

/** What another account or region owns is not there. */
function owned<Thing extends Owner>(thing: Thing | undefined, owner: Owner): Thing | undefined {
  return thing?.account === owner.account && thing.region === owner.region ? thing : undefined;
}

function notValid(text: string, what: string): never {
  throw new Refusal("balancer-input-invalid", `'${text}' is not a valid ${what} ARN`);
}
