import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { isHttp } from "#domain/balancers/protocols.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import { attributesOfTargetGroup } from "#integrations/elbv2/attributes.ts";
import { findTargetHealth, type TargetHealthDescription } from "#integrations/elbv2/target-health.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTargets } from "./targets.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export const DescribeTargetHealth: Elbv2Operation<"DescribeTargetHealth"> = async (
  { TargetGroupArn, Targets = [], Include = [] },
  caller,
  deps,
) => {
  const { group, targets } = await findTargetHealth(TargetGroupArn, readTargets(Targets), caller, deps);
  const anomalies = Include.length > 0 ? anomalyDetection(group) : {};
  return { TargetHealthDescriptions: targets.map((target) => ({ ...show(target), ...anomalies })) };
};

function show({ target, healthCheckPort, state, reason, description }: TargetHealthDescription) {
  return {
    Target: {
      Id: target.id,
      Port: target.port,
      ...(target.zone === undefined ? {} : { AvailabilityZone: target.zone }),
    },
    HealthCheckPort: String(healthCheckPort),
    TargetHealth: {
      State: state,
      ...(reason === undefined ? {} : { Reason: reason as never }),
      ...(description === undefined ? {} : { Description: description }),
    },
  };
}

/** Edges look for anomalies where targets are weighed by them, and do not say which they found. */
function anomalyDetection(group: TargetGroup): Pick<sdk.TargetHealthDescription, "AnomalyDetection"> {
  if (!isHttp(group.protocol)) return {};
  const weighed = attributesOfTargetGroup(group)["load_balancing.algorithm.type"] === "weighted_random";
  return weighed ? {} : { AnomalyDetection: { Result: "normal", MitigationInEffect: "no" } };
}
