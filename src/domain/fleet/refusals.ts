/** Why an edge is not let in, or is not there. */
export type FleetRefusal =
  | "fleet-closed"
  | "edge-not-yours"
  | "edge-not-found"
  | "edge-input-invalid"
  | "edge-name-used"
  | "edge-token-not-found"
  | "edge-token-invalid";
