import { LEAF_ISSUERS } from "./profiles.ts";

/** The ids of the issuers that would sign leafs at this moment. */
export function issuersSigningNow(): readonly string[] {
  return Object.values(LEAF_ISSUERS);
}
