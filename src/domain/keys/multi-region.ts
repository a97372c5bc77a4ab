import type { Region } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { MasterKey } from "./master-key.ts";
import { arnOf, isMultiRegion } from "./names.ts";

/** Where the keys are that share an id. */
export interface RelatedRegions {
  readonly primary: Region;
  /** In the order of their names. */
  readonly replicas: readonly Region[];
}

/** Refuses a key that is of one Region for all its life. */
export function checkMultiRegion(key: MasterKey): void {
  if (isMultiRegion(key.id)) return;
  throw new Refusal("unsupported-operation", `${arnOf(key)} is not a multi-Region key.`);
}

/** Refuses a replica for what is done with its primary key, for all of them. `related` is undefined for a key of one Region. */
export function checkPrimary(key: MasterKey, related: RelatedRegions | undefined): void {
  if (!related || related.primary === key.region) return;
  throw new Refusal(
    "unsupported-operation",
    `${arnOf(key)} is a multi-Region replica key: this is done with its primary key, in ${related.primary}.`,
  );
}
