import { checkBus } from "#events/bus.ts";
import { removeTargets } from "#events/targets.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html */
export const RemoveTargets: EventBridgeOperation<"RemoveTargets"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  const missing = await removeTargets(input.Rule, input.Ids, caller, deps);
  const FailedEntries = missing.map((id) => ({
    TargetId: id,
    ErrorCode: "ResourceNotFoundException",
    ErrorMessage: `Rule '${input.Rule}' does not contain a target with Id '${id}'.`,
  }));
  return { FailedEntryCount: FailedEntries.length, FailedEntries };
};
