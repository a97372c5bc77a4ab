import { IAM_LIMITS } from "#domain/identity/limits.ts";
import { Refusal } from "#domain/refusal.ts";
import { fold } from "#store/iam-entities.ts";
import { deleteIamTags, type IamTag, listIamTags, putIamTags } from "#store/iam-tags.ts";
import type { Db, Tx } from "#store/store.ts";
import { type Page, type Pages, page } from "./paging.ts";

export type { IamTag } from "#store/iam-tags.ts";

/**
 * Refuses tags that one cannot have: a key twice, where case makes no difference, AWS's own prefix, or too many.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function checkTags(tags: readonly IamTag[], present: readonly IamTag[] = []): void {
  if (tags.some(({ key }) => /^aws:/i.test(key))) {
    throw new Refusal("principal-input-invalid", "System tags cannot be added/updated by requester");
  }
  const keys = new Set(tags.map(({ key }) => fold(key)));
  if (keys.size < tags.length) {
    const text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    throw new Refusal("iam-input-invalid", text);
  }
  const others = present.filter(({ key }) => !keys.has(fold(key)));
  if (others.length + tags.length > IAM_LIMITS.tags) {
    throw new Refusal("iam-limit-exceeded", `The number of tags has reached the maximum limit: ${IAM_LIMITS.tags}`);
  }
}

/** Adds tags to what is held to the end of the transaction. Throws what `checkTags` throws. */
export async function addTags(tx: Tx, owner: string, tags: readonly IamTag[]): Promise<void> {
  checkTags(tags, await listIamTags(tx, owner));
  await putIamTags(tx, owner, tags);
}

export async function removeTags(tx: Tx, owner: string, keys: readonly string[]): Promise<void> {
  await deleteIamTags(tx, owner, keys);
}

export function tagsPage(db: Db, owner: string, pages: Pages): Promise<Page<IamTag>> {
  return page(
    pages,
    `tags ${owner}`,
    ({ key }) => fold(key),
    (after, limit) => listIamTags(db, owner, after, limit),
  );
}
