import { checkBus } from "#events/bus.ts";
import { deleteRule } from "#events/rules.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html */
export const DeleteRule: EventBridgeOperation<"DeleteRule"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  await deleteRule(input.Name, caller, deps);
};
