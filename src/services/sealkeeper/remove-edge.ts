import { removeEdge } from "#identity/edge-members.ts";
import { announceTarget } from "#integrations/elbv2/places.ts";
import type { SealkeeperOperation } from "./api.ts";

/** Lets an edge take part no longer: its link ends, and KMS opens nothing for it. */
export const RemoveEdge: SealkeeperOperation<"RemoveEdge"> = async ({ EdgeName }, caller, deps) => {
  await removeEdge(EdgeName, caller, { ...deps, onAddressLost: announceTarget });
  return {};
};
