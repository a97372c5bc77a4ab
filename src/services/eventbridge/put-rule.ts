import { AwsError } from "#aws/service.ts";
import { checkBus } from "#events/bus.ts";
import { putRule } from "#events/rules.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { readTags, refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export const PutRule: EventBridgeOperation<"PutRule"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  refuse({ ScheduleExpression: input.ScheduleExpression });
  if (input.EventPattern === undefined || input.EventPattern === "") {
    throw new AwsError("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  const rule = {
    name: input.Name,
    pattern: input.EventPattern,
    state: input.State ?? "ENABLED",
    description: input.Description,
    roleArn: input.RoleArn,
    tags: readTags(input.Tags),
  };
  return { RuleArn: await putRule(rule, caller, deps) };
};
