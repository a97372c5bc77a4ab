import { parseRuleArn } from "#domain/balancers/arns.ts";
import { QUOTAS } from "#domain/balancers/quotas.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { dropBalancerTags, listBalancerTags, putBalancerTags, removeBalancerTags } from "#store/balancer-tags.ts";
import type { Db, Store, Tx } from "#store/store.ts";
import { listenerOf, loadBalancerOf, targetGroupOf, trustStoreOf } from "./find.ts";
import { ruleOf } from "./rules.ts";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The tags of resources, in the order asked. Throws the kind's not-found refusal when one is missing. */
export async function findTags(
  arns: readonly string[],
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<readonly { readonly arn: string; readonly tags: readonly Tag[] }[]> {
  await checkResources(store, arns, owner);
  const found = await listBalancerTags(store, arns);
  return arns.map((arn) => ({ arn, tags: found.filter(({ resourceArn }) => resourceArn === arn) }));
}

/** Sets tags on resources. Throws `balancer-tag-twice`, `balancer-tags-too-many` and not-found refusals. */
export async function addTags(
  arns: readonly string[],
  tags: readonly Tag[],
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<void> {
  checkTags(tags);
  await store.transaction().execute(async (tx) => {
    await checkResources(tx, arns, owner);
    const present = await listBalancerTags(tx, arns);
    for (const arn of arns) {
      const keys = present.filter(({ resourceArn }) => resourceArn === arn).map(({ key }) => key);
      checkCount(new Set([...keys, ...tags.map(({ key }) => key)]).size);
      await tag(tx, arn, tags);
    }
  });
}

export async function removeTags(
  arns: readonly string[],
  keys: readonly string[],
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    await checkResources(tx, arns, owner);
    if (keys.length > 0) await removeBalancerTags(tx, arns, keys);
  });
}

/** Throws for tags that no resource can have. */
export function checkTags(tags: readonly Tag[]): void {
  const twice = tags.find(({ key }, index) => tags.findIndex((other) => other.key === key) !== index);
  if (twice) throw new Refusal("balancer-tag-twice", `Tag key was specified more than once: ${twice.key}`);
  const reserved = tags.find(({ key }) => /^aws:/i.test(key));
  if (reserved) {
    throw new Refusal("balancer-input-invalid", `Tag keys that begin with 'aws:' are reserved: ${reserved.key}`);
  }
  checkCount(tags.length);
}

/** Sets tags of a resource that the caller has checked. */
export async function tag(tx: Tx, arn: string, tags: readonly Tag[]): Promise<void> {
  await putBalancerTags(
    tx,
    tags.map(({ key, value }) => ({ resourceArn: arn, key, value })),
  );
}

/** Forgets the tags of resources that are gone. */
export async function untagAll(tx: Tx, arns: readonly string[]): Promise<void> {
  await dropBalancerTags(tx, arns);
}

/** Whether a resource has the tags that a request to make it names; a request without tags says nothing about them. */
export async function sameTags(db: Db, arn: string, tags: readonly Tag[]): Promise<boolean> {
  if (tags.length === 0) return true;
  const present = await listBalancerTags(db, [arn]);
  const has = ({ key, value }: Tag): boolean => present.some((other) => other.key === key && other.value === value);
  return present.length === tags.length && tags.every(has);
}

async function checkResources(db: Db, arns: readonly string[], owner: Owner): Promise<void> {
  if (arns.length === 0 || arns.length > 20) {
    throw new Refusal("balancer-input-invalid", "You can specify 1 to 20 resources in a call");
  }
  for (const arn of arns) {
    await checkResource(db, arn, owner);
  }
}

async function checkResource(db: Db, arn: string, owner: Owner): Promise<void> {
  if (arn.includes(":loadbalancer/")) await loadBalancerOf(db, arn, owner);
  else if (arn.includes(":listener/")) await listenerOf(db, arn, owner);
  else if (arn.includes(":targetgroup/")) await targetGroupOf(db, arn, owner);
  else if (arn.includes(":truststore/")) await trustStoreOf(db, arn, owner);
  else if (parseRuleArn(arn)) await ruleOf(db, arn, owner);
  else throw new Refusal("balancer-input-invalid", `'${arn}' is not the ARN of something that has tags`);
}

function checkCount(count: number): void {
  if (count > QUOTAS.tagsPerResource) {
    throw new Refusal("balancer-tags-too-many", `A resource can have up to ${QUOTAS.tagsPerResource} tags`);
  }
}
