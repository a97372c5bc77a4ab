import { checkBus } from "#events/bus.ts";
import { setRuleState } from "#events/rules.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html */
export const EnableRule: EventBridgeOperation<"EnableRule"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  await setRuleState(input.Name, "ENABLED", caller, deps);
};
