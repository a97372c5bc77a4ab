/** Why Route 53 does not take or show a zone or a change. */
export type ZoneRefusal =
  | "change-batch-invalid"
  | "change-not-found"
  | "zone-caller-reference-used"
  | "zone-input-invalid"
  | "zone-name-invalid"
  | "zone-not-empty"
  | "zone-not-found";
