import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { isMultiRegion, wireKeyId } from "#domain/keys/names.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";
import { listAliases } from "#store/key-aliases.ts";
import { listKeyTags } from "#store/key-tags.ts";
import { findPrimaryRegion } from "#store/multi-region-keys.ts";
import type { Db } from "#store/store.ts";

/** What the store knows of a key beside the key itself: looked up only where one of the policies asks for it. */
export async function lookedUpFacts(db: Db, key: MasterKey, policies: readonly PolicyDocument[]): Promise<Facts> {
  const facts: Facts[] = [];
  for (const { isAsked, find } of LOOK_UPS) if (policies.some(isAsked)) facts.push(await find(db, key));
  return joinFacts(...facts);
}

interface LookUp {
  readonly isAsked: (policy: PolicyDocument) => boolean;
  readonly find: (db: Db, key: MasterKey) => Promise<Facts>;
}

const LOOK_UPS: readonly LookUp[] = [
  { isAsked: ({ resourceTags }) => resourceTags, find: tagFacts },
  { isAsked: ({ conditionKeys }) => conditionKeys.has("kms:resourcealiases"), find: aliasFacts },
  { isAsked: ({ conditionKeys }) => conditionKeys.has("kms:multiregionkeytype"), find: typeFacts },
];

async function tagFacts(db: Db, { id }: MasterKey): Promise<Facts> {
  const tags = await listKeyTags(db, id, "", KEY_LIMITS.tagsPerKey);
  return factsOf(Object.fromEntries(tags.map(({ key, value }) => [`aws:ResourceTag/${key}`, value])));
}

async function aliasFacts(db: Db, { id, ...owner }: MasterKey): Promise<Facts> {
  const aliases = await listAliases(db, owner, { keyId: id, after: "", limit: KEY_LIMITS.aliasesPerKey });
  return factsOf({ "kms:ResourceAliases": aliases.length > 0 ? aliases.map(({ name }) => name) : undefined });
}

async function typeFacts(db: Db, { id, region }: MasterKey): Promise<Facts> {
  const primary = isMultiRegion(id) ? await findPrimaryRegion(db, wireKeyId(id)) : undefined;
  return factsOf({ "kms:MultiRegionKeyType": primary && (primary === region ? "PRIMARY" : "REPLICA") });
}
