import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { deleteZoneTags, putZoneTags, type ZoneTag, zoneTags } from "#store/zone-tags.ts";
import { findZoneOf, holdZone } from "#store/zones.ts";
import { noSuchZone } from "./hosted-zones.ts";
import type { ZoneDeps } from "./zone-deps.ts";

/** Adds (or overwrites) and removes tags. Refuses `zone-not-found`, and `zone-input-invalid` beyond 50 tags. */
export function changeZoneTags(
  account: AccountId,
  id: string,
  { add, remove }: { readonly add: readonly ZoneTag[]; readonly remove: readonly string[] },
  { store }: Pick<ZoneDeps, "store">,
): Promise<void> {
  return store.transaction().execute(async (tx) => {
    const zone = (await holdZone(tx, account, id)) ?? noSuchZone(id);
    await deleteZoneTags(tx, zone.id, remove);
    await putZoneTags(tx, zone.id, add);
    const tags = (await zoneTags(tx, [zone.id])).get(zone.id) ?? [];
    if (tags.length > MOST_TAGS) {
      throw new Refusal("zone-input-invalid", `A hosted zone can have at most ${MOST_TAGS} tags.`);
    }
  });
}

/** The tags of zones, by zone id. Refuses `zone-not-found` when one of them is not there. */
export async function listZoneTags(
  account: AccountId,
  ids: readonly string[],
  { store }: Pick<ZoneDeps, "store">,
): Promise<ReadonlyMap<string, readonly ZoneTag[]>> {
  for (const id of ids) {
    if (!(await findZoneOf(store, account, id))) noSuchZone(id);
  }
  return zoneTags(store, ids);
}

const MOST_TAGS = 50;
