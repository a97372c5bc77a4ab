import { registerTargets } from "#integrations/elbv2/register-targets.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTargets } from "./targets.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html */
export const RegisterTargets: Elbv2Operation<"RegisterTargets"> = async ({ TargetGroupArn, Targets }, caller, deps) => {
  await registerTargets(TargetGroupArn, readTargets(Targets), caller, deps);
  return {};
};
