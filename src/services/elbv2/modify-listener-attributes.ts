import { changeListenerAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAttributes, showAttributes } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListenerAttributes.html */
export const ModifyListenerAttributes: Elbv2Operation<"ModifyListenerAttributes"> = async (
  { ListenerArn, Attributes },
  caller,
  deps,
) => {
  const changed = await changeListenerAttributes(ListenerArn, readAttributes(Attributes), caller, deps);
  return { Attributes: showAttributes(changed) };
};
