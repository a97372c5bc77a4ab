import { checkBus } from "#events/bus.ts";
import { listRuleNamesByTarget } from "#events/targets.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html */
export const ListRuleNamesByTarget: EventBridgeOperation<"ListRuleNamesByTarget"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  const page = await listRuleNamesByTarget(input.TargetArn, pageRequest(input), caller, deps);
  return { RuleNames: [...page.items], ...pageEnd(page) };
};
