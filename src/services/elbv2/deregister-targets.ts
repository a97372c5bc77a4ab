import { deregisterTargets } from "#integrations/elbv2/register-targets.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTargets } from "./targets.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html */
export const DeregisterTargets: Elbv2Operation<"DeregisterTargets"> = async (
  { TargetGroupArn, Targets },
  caller,
  deps,
) => {
  await deregisterTargets(TargetGroupArn, readTargets(Targets), caller, deps);
  return {};
};
