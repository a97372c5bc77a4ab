import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { DescribedRule } from "#integrations/elbv2/rules.ts";
import { showAction } from "./actions.ts";
import { showCondition, showTransform } from "./conditions.ts";

export function showRule({ arn, priority, conditions, actions, transforms }: DescribedRule): sdk.Rule {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: conditions.map(showCondition),
    Actions: actions.map(showAction),
    IsDefault: priority === "default",
    ...(transforms.length > 0 ? { Transforms: transforms.map(showTransform) } : {}),
  };
}
