import { checkBus } from "#events/bus.ts";
import { setRuleState } from "#events/rules.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html */
export const DisableRule: EventBridgeOperation<"DisableRule"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  await setRuleState(input.Name, "DISABLED", caller, deps);
};
