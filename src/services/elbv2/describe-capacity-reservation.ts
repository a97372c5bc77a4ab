import { findBalancerAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";

/**
 * No load balancer has a reservation here; Terraform asks for it whenever it reads one.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeCapacityReservation.html
 */
export const DescribeCapacityReservation: Elbv2Operation<"DescribeCapacityReservation"> = async (
  { LoadBalancerArn },
  caller,
  deps,
) => {
  await findBalancerAttributes(LoadBalancerArn, caller, deps); // or it is not found
  return { CapacityReservationState: [] };
};
