import type { RecordName } from "./record-name.ts";
import type { RecordAlias, RecordSet } from "./record-set.ts";

export type ChangeAction = "CREATE" | "DELETE" | "UPSERT";

export interface RecordChange {
  readonly action: ChangeAction;
  readonly set: RecordSet;
}

/** What a zone is, as far as its changes are concerned. */
export interface ZoneFacts {
  readonly id: string;
  readonly name: RecordName;
  /** Every set that stands at a name of the batch, or at the target of an alias in it. */
  readonly standing: readonly RecordSet[];
  /** Whether a name outside this zone is one that an alias may point to, in the zone of that id. */
  readonly isAliasTarget: (alias: RecordAlias) => "found" | "not-found" | "not-in-zone";
}
