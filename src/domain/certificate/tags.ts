import { Refusal } from "#domain/refusal.ts";

/** A tag; one that was given without a value is shown without one. */
export interface Tag {
  readonly key: string;
  readonly value: string | undefined;
}

/**
 * The tags after `added` were laid over `present`: a key that is there already takes the new value.
 * Throws `tag-invalid` for AWS's own prefix and `too-many-tags` above fifty.
 */
export function withTags(present: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  checkTags(added);
  const merged = [...new Map([...present, ...added].map((tag) => [tag.key, tag])).values()];
  if (merged.length > MOST_TAGS) {
    const shown = merged.map(({ key, value }) => `${key}=${value ?? "null"}`).join(", ");
    throw new Refusal("too-many-tags", `the TagSet: '{${shown}}' contains too many Tags`);
  }
  return merged;
}

/** The tags without those named: with a value only where the value is the same, without one in any case. */
export function withoutTags(present: readonly Tag[], removed: readonly Tag[]): readonly Tag[] {
  checkTags(removed);
  return present.filter(
    (tag) => !removed.some(({ key, value }) => key === tag.key && (value === undefined || value === tag.value)),
  );
}

function checkTags(tags: readonly Tag[]): void {
  for (const { key } of tags) {
    if (RESERVED.test(key)) {
      throw new Refusal("tag-invalid", `Invalid Tag Key: "${key}". AWS internal tags cannot be changed with this API`);
    }
  }
}

const MOST_TAGS = 50;
const RESERVED = /^aws:/i;
