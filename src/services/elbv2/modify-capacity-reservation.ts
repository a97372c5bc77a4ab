import { AwsError } from "#aws/service.ts";
import { loadBalancerOf } from "#integrations/elbv2/find.ts";
import type { Elbv2Operation } from "./operation.ts";

/**
 * There is nothing to reserve, and nothing to give back.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyCapacityReservation.html
 */
export const ModifyCapacityReservation: Elbv2Operation<"ModifyCapacityReservation"> = async (
  { LoadBalancerArn, MinimumLoadBalancerCapacity: { CapacityUnits = 0 } = {}, ResetCapacityReservation: reset = false },
  caller,
  { store },
) => {
  await loadBalancerOf(store, LoadBalancerArn, caller);
  if (reset === CapacityUnits > 0) {
    throw new AwsError("ValidationException", "Specify either a minimum capacity or ResetCapacityReservation");
  }
  if (!reset) {
    throw new AwsError(
      "InvalidConfigurationRequestException",
      "Capacity cannot be reserved here: every load balancer may use all that its edges' machines have",
    );
  }
  return { CapacityReservationState: [] };
};
