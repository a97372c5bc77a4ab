import { Refusal } from "#domain/refusal.ts";
import { KEY_LIMITS } from "./limits.ts";

/**
 * Refuses tags that a key cannot have beside the `others` it has already: a key twice, AWS's own prefix, or too many
 * (https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html).
 */
export function checkTags(tags: readonly { readonly key: string }[], others: number): void {
  const reserved = tags.find(({ key }) => /^aws:/i.test(key));
  if (reserved) throw new Refusal("key-tag-invalid", `Tags beginning with aws: are reserved: ${reserved.key}`);
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new Refusal("key-tag-invalid", "Duplicate tag keys: a tag key may be given only once.");
  }
  if (tags.length + others > KEY_LIMITS.tagsPerKey) {
    throw new Refusal("key-tag-invalid", `Too many tags: a key can have at most ${KEY_LIMITS.tagsPerKey}.`);
  }
}
