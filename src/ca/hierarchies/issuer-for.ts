import type { LeafIssuer, Signers } from "#ca/signers.ts";
import { chooseIssuer, type KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import { chooseHierarchy, type IssuancePurpose, SHARED_HIERARCHY } from "#domain/hierarchy/names.ts";
import { listCandidates, listScopes } from "#store/hierarchies.ts";
import type { Db } from "#store/store.ts";

/** A leaf that is to be signed, as far as it says by whom. */
export interface WantedLeaf {
  /** Empty for what belongs to no account. */
  readonly account: string;
  readonly purpose: IssuancePurpose;
  readonly family: KeyFamily;
}

/** No CA of the hierarchy signs for this kind of key now. */
export class NoIssuer extends Error {
  override readonly name = "NoIssuer";
}

/** The name of the hierarchy that signs for this account and purpose. */
export async function hierarchyFor(db: Db, wanted: Pick<WantedLeaf, "account" | "purpose">): Promise<string> {
  const scopes = await listScopes(db, wanted.account, wanted.purpose);
  return chooseHierarchy(scopes, wanted)?.id ?? SHARED_HIERARCHY;
}

/** The id of the intermediate that signs such a leaf at this moment. Throws NoIssuer. */
export async function issuerIdFor(db: Db, wanted: WantedLeaf, now: Date): Promise<string> {
  const hierarchy = await hierarchyFor(db, wanted);
  const chosen = chooseIssuer(await listCandidates(db, hierarchy), wanted.family, now);
  if (!chosen)
    throw new NoIssuer(
      `no ${wanted.family} intermediate of the hierarchy ${hierarchy} is active: see sealkeeper ca list`,
    );
  return chosen.id;
}

/** The same, opened. */
export async function issuerFor(db: Db, wanted: WantedLeaf, now: Date, signers: Signers): Promise<LeafIssuer> {
  return await signers.issuer(db, await issuerIdFor(db, wanted, now));
}
