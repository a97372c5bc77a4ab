import { checkBus } from "#events/bus.ts";
import { describeRule } from "#events/rules.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { ruleShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html */
export const DescribeRule: EventBridgeOperation<"DescribeRule"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  return { ...ruleShown(await describeRule(input.Name, caller, deps)), CreatedBy: caller.account };
};
