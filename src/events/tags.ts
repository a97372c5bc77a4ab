import { DEFAULT_BUS, eventArn, ownEventResource } from "#domain/events/arns.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findRule } from "#store/event-rules.ts";
import { deleteEventTags, type EventTag, readEventTags, writeEventTags } from "#store/event-tags.ts";
import type { Tx } from "#store/store.ts";
import type { EventDeps } from "./deps.ts";

export type { EventTag } from "#store/event-tags.ts";

/** Adds tags to a rule or an event bus. Throws `event-resource-not-found` and `event-value-invalid`. */
export async function tagEventResource(
  arn: string,
  tags: readonly EventTag[],
  owner: Owner,
  { store }: EventDeps,
): Promise<void> {
  checkTags(tags);
  await store.transaction().execute(async (tx) => {
    const resource = await taggable(tx, arn, owner);
    await writeEventTags(tx, resource, tags);
    if ((await readEventTags(tx, resource)).length > MOST_TAGS) throw tooMany();
  });
}

export async function untagEventResource(
  arn: string,
  keys: readonly string[],
  owner: Owner,
  { store }: EventDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const resource = await taggable(tx, arn, owner);
    if (keys.length > 0) await deleteEventTags(tx, resource, keys);
  });
}

export async function tagsOfEventResource(
  arn: string,
  owner: Owner,
  { store }: EventDeps,
): Promise<readonly EventTag[]> {
  return await store.transaction().execute(async (tx) => await readEventTags(tx, await taggable(tx, arn, owner)));
}

/** Throws `event-value-invalid` for keys that are AWS's own, or given twice, and for more than 50 tags. */
export function checkTags(tags: readonly EventTag[]): void {
  const reserved = tags.find(({ key }) => /^aws:/i.test(key));
  if (reserved) {
    throw new Refusal("event-value-invalid", `Tag keys that begin with "aws:" are reserved: ${reserved.key}`);
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new Refusal("event-value-invalid", "A tag key is given twice.");
  }
  if (tags.length > MOST_TAGS) throw tooMany();
}

/** The one spelling of the ARN of something that is there and can have tags. */
async function taggable(tx: Tx, arn: string, owner: Owner): Promise<string> {
  const resource = ownEventResource(arn, owner);
  if (resource?.kind === "event-bus" && resource.name === DEFAULT_BUS) return eventArn(owner, resource);
  if (resource?.kind === "rule" && (await findRule(tx, owner, resource.name))) return eventArn(owner, resource);
  throw new Refusal("event-resource-not-found", `There is no rule and no event bus ${arn}.`);
}

function tooMany(): Refusal {
  return new Refusal("event-value-invalid", `A resource has at most ${MOST_TAGS} tags.`);
}

const MOST_TAGS = 50;
