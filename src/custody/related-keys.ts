import type { MasterKey } from "#domain/keys/master-key.ts";
import type { RelatedRegions } from "#domain/keys/multi-region.ts";
import { isMultiRegion, type KeyId, keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import { holdMasterKey } from "#store/master-keys.ts";
import { findPrimaryRegion, holdMultiRegionKey, listRelatedRegions } from "#store/multi-region-keys.ts";
import type { Db, Tx } from "#store/store.ts";

/**
 * Keeps everybody else from changing or destroying a key until this transaction ends and, of a multi-Region key, from
 * changing what it shares with its related keys. False when there is no such key.
 */
export async function holdKey(tx: Tx, id: KeyId): Promise<boolean> {
  if (isMultiRegion(id)) await holdMultiRegionKey(tx, wireKeyId(id));
  return await holdMasterKey(tx, id);
}

/** Where a multi-Region key and its related keys are; undefined for a key of one Region. */
export async function relatedRegions(db: Db, { id }: Pick<MasterKey, "id">): Promise<RelatedRegions | undefined> {
  if (!isMultiRegion(id)) return undefined;
  const primary = await findPrimaryRegion(db, wireKeyId(id));
  if (!primary) throw new Error(`the multi-Region key ${id} has no primary Region`);
  const all = await listRelatedRegions(db, wireKeyId(id));
  return { primary, replicas: all.filter((region) => region !== primary) };
}

/** The key itself and those that share its material: whatever happens to that happens to all of them. */
export function idsIn(related: RelatedRegions | undefined, key: Pick<MasterKey, "id">): readonly KeyId[] {
  if (!related) return [key.id];
  return [related.primary, ...related.replicas].map((region) => keyIdIn(region, wireKeyId(key.id)));
}
