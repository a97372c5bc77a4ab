import { changeTargetGroupAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAttributes, showAttributes } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html */
export const ModifyTargetGroupAttributes: Elbv2Operation<"ModifyTargetGroupAttributes"> = async (
  { TargetGroupArn, Attributes },
  caller,
  deps,
) => {
  const changed = await changeTargetGroupAttributes(TargetGroupArn, readAttributes(Attributes), caller, deps);
  return { Attributes: showAttributes(changed) };
};
