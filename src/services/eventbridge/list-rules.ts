import { checkBus } from "#events/bus.ts";
import { listRules } from "#events/rules.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { pageEnd, pageRequest, ruleShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
export const ListRules: EventBridgeOperation<"ListRules"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  const page = await listRules(pageRequest(input), caller, deps);
  return { Rules: page.items.map(ruleShown), ...pageEnd(page) };
};
