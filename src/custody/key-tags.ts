import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { KeyTag } from "#domain/keys/master-key.ts";
import { checkTags } from "#domain/keys/tags.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { deleteKeyTags, listKeyTags, putKeyTags } from "#store/key-tags.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";

/** Adds tags to a key, or gives those it has new values. */
export async function tagKey(keyId: string, tags: readonly KeyTag[], caller: Caller, deps: ChangeDeps): Promise<void> {
  await changeKey("TagResource", keyId, caller, deps, async (tx, key) => {
    const present = await listKeyTags(tx, key.id, "", KEY_LIMITS.tagsPerKey);
    const others = present.filter(({ key: tag }) => !tags.some((added) => added.key === tag));
    checkTags(tags, others.length);
    await putKeyTags(tx, key.id, tags);
  });
}

/** Takes tags off a key; those it does not have are no matter. */
export async function untagKey(
  keyId: string,
  tagKeys: readonly string[],
  caller: Caller,
  deps: ChangeDeps,
): Promise<void> {
  const reserved = tagKeys.find((tag) => /^aws:/i.test(tag));
  if (reserved) throw new Refusal("key-tag-invalid", `Tags beginning with aws: are reserved: ${reserved}`);
  await changeKey("UntagResource", keyId, caller, deps, (tx, key) => deleteKeyTags(tx, key.id, tagKeys));
}
