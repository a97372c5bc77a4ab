import { findTargetHealth } from "#integrations/elbv2/target-health.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTargets } from "./targets.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export const DescribeTargetHealth: Elbv2Operation<"DescribeTargetHealth"> = async (
  { TargetGroupArn, Targets = [] },
  caller,
  deps,
) => {
  const found = await findTargetHealth(TargetGroupArn, readTargets(Targets), caller, deps);
  return {
    TargetHealthDescriptions: found.map(({ target, healthCheckPort, state, reason, description }) => ({
      Target: { Id: target.address, Port: target.port },
      HealthCheckPort: String(healthCheckPort),
      TargetHealth: {
        State: state,
        ...(reason === undefined ? {} : { Reason: reason as never }),
        ...(description === undefined ? {} : { Description: description }),
      },
    })),
  };
};
