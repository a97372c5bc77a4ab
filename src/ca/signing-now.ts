import { chooseIssuer, KEY_FAMILIES } from "#domain/hierarchy/choose-issuer.ts";
import { SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { listCandidates, listHierarchies } from "#store/hierarchies.ts";
import type { Db } from "#store/store.ts";

/** The ids of the issuers that would sign leafs at this moment, of every hierarchy. */
export async function issuersSigningNow(db: Db, now: Date): Promise<readonly string[]> {
  const names = [SHARED_HIERARCHY, ...(await listHierarchies(db)).map(({ id }) => id)];
  const ids: string[] = [];
  for (const name of names) {
    const candidates = await listCandidates(db, name);
    ids.push(...KEY_FAMILIES.flatMap((family) => chooseIssuer(candidates, family, now)?.id ?? []));
  }
  return ids;
}
