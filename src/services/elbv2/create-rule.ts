import { createRule } from "#integrations/elbv2/create-rule.ts";
import { withActions } from "./actions.ts";
import { readCondition, readTransform } from "./conditions.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showRule } from "./rule.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html */
export const CreateRule: Elbv2Operation<"CreateRule"> = async (input, caller, deps) => {
  const rule = await withActions(input.Actions, (actions) =>
    createRule(
      {
        listenerArn: input.ListenerArn,
        priority: input.Priority,
        conditions: input.Conditions.map(readCondition),
        actions,
        transforms: (input.Transforms ?? []).map(readTransform),
        tags: readTags(input.Tags),
      },
      caller,
      deps,
    ),
  );
  return { Rules: [showRule(rule)] };
};
