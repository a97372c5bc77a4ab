import type { EpochMillis, Fixed } from "./types.ts";

export interface ZoneTables {
  /** Hosted zones. `nameKey` is the name as `sortKey` (domain/zones/record-name.ts) orders it, here and below. */
  zones: {
    id: Fixed<string>;
    account: Fixed<string>;
    nameKey: Fixed<string>;
    callerReference: Fixed<string>;
    comment: string;
    createdAt: Fixed<EpochMillis>;
    recordSetCount: number;
  };
  /** The oldest zone of each name: the one that speaks for it unless a zone above delegates to another. */
  zoneNames: {
    nameKey: Fixed<string>;
    zoneId: string;
  };
  /** All records of one name and type: values with a TTL, or an alias. */
  recordSets: {
    zoneId: Fixed<string>;
    nameKey: Fixed<string>;
    type: Fixed<string>;
    ttl: number | null;
    /** JSON: an array of strings in zone-file form. Null for an alias. */
    recordValues: string | null;
    /** JSON: `{ target, zoneId, evaluateTargetHealth }`. */
    alias: string | null;
  };
  zoneTags: {
    zoneId: Fixed<string>;
    key: Fixed<string>;
    value: string;
  };
  /** Batches that were accepted. A change is in effect with its commit. */
  zoneChanges: {
    id: Fixed<string>;
    account: Fixed<string>;
    zoneId: Fixed<string>;
    comment: Fixed<string | null>;
    submittedAt: Fixed<EpochMillis>;
  };
}
