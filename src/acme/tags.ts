import type { AcmeBindingArn, AcmeDomainValidationArn } from "#domain/acme/arns.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findAcmeBinding } from "#store/acme-bindings.ts";
import { findAcmeDomain } from "#store/acme-domain-validations.ts";
import { findAcmeEndpoint, holdAcmeEndpoint } from "#store/acme-endpoints.ts";
import { readAcmeTags, writeAcmeTags } from "#store/acme-tags.ts";
import type { Db, Store } from "#store/store.ts";
import { acmeNotFound, readAnyOwnArn } from "./find.ts";
import { withAcmeTags } from "./tag-rules.ts";

export interface TagDeps {
  readonly store: Store;
}

/** Adds tags to an endpoint, domain validation or binding, or gives them new values. Throws ACME's refusals. */
export async function tagAcmeResource(arn: string, tags: readonly Tag[], caller: Owner, deps: TagDeps): Promise<void> {
  await changeTags(arn, caller, (present) => withAcmeTags(present, tags), deps);
}

/** Removes tags by their keys; keys that are not there do no harm. */
export async function untagAcmeResource(
  arn: string,
  keys: readonly string[],
  caller: Owner,
  deps: TagDeps,
): Promise<void> {
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) {
    throw new Refusal("acme-input-invalid", `Invalid Tag Key: "${reserved}". AWS internal tags cannot be changed.`);
  }
  await changeTags(arn, caller, (present) => present.filter(({ key }) => !keys.includes(key)), deps);
}

/** The tags in the order in which they were given. Throws `acme-not-found`. */
export async function listAcmeTags(arn: string, caller: Owner, { store }: TagDeps): Promise<readonly Tag[]> {
  await checkThere(store, arn, caller);
  return await readAcmeTags(store, arn);
}

async function changeTags(
  arn: string,
  caller: Owner,
  change: (present: readonly Tag[]) => readonly Tag[],
  { store }: TagDeps,
): Promise<void> {
  const { endpoint } = readAnyOwnArn(arn, caller);
  await store.transaction().execute(async (tx) => {
    await holdAcmeEndpoint(tx, endpoint);
    await checkThere(tx, arn, caller);
    await writeAcmeTags(tx, arn, change(await readAcmeTags(tx, arn)));
  });
}

async function checkThere(db: Db, arn: string, caller: Owner): Promise<void> {
  const { kind, endpoint } = readAnyOwnArn(arn, caller);
  const found =
    kind === "acme-endpoint"
      ? await findAcmeEndpoint(db, endpoint)
      : kind === "acme-domain-validation"
        ? await findAcmeDomain(db, arn as AcmeDomainValidationArn)
        : await findAcmeBinding(db, arn as AcmeBindingArn);
  if (!found) throw acmeNotFound(kind, arn, caller);
}
