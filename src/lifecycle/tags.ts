import { type Tag, withoutTags, withTags } from "#domain/certificate/tags.ts";
import type { Caller } from "#domain/names.ts";
import { readTags, writeTags } from "#store/certificate-tags.ts";
import { readCertificateState } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { certificateNotFound, readCertificateArn } from "./find.ts";
import { holdOwn } from "./hold-own.ts";

export interface TagDeps {
  readonly store: Store;
}

/** Adds tags, or gives them new values. Throws `tag-invalid`, `too-many-tags` and `certificate-not-found`. */
export function addTags(arn: string, tags: readonly Tag[], caller: Caller, deps: TagDeps): Promise<void> {
  return changeTags(arn, caller, (present) => withTags(present, tags), deps);
}

/** Removes tags: with a value only where it is the same, without one in any case. */
export function removeTags(arn: string, tags: readonly Tag[], caller: Caller, deps: TagDeps): Promise<void> {
  return changeTags(arn, caller, (present) => withoutTags(present, tags), deps);
}

/** The tags of a certificate, in the order in which they were given. */
export async function listTags(arnText: string, caller: Caller, { store }: TagDeps): Promise<readonly Tag[]> {
  const arn = readCertificateArn(arnText);
  const certificate = await readCertificateState(store, arn);
  if (certificate?.account !== caller.account || certificate.region !== caller.region) {
    throw certificateNotFound(arn, caller);
  }
  return await readTags(store, arn);
}

async function changeTags(
  arnText: string,
  caller: Caller,
  change: (present: readonly Tag[]) => readonly Tag[],
  { store }: TagDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { arn } = await holdOwn(tx, arnText, caller);
    await writeTags(tx, arn, change(await readTags(tx, arn)));
  });
}
