import { findTargetGroupAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showAttributes } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html */
export const DescribeTargetGroupAttributes: Elbv2Operation<"DescribeTargetGroupAttributes"> = async (
  { TargetGroupArn },
  caller,
  deps,
) => ({ Attributes: showAttributes(await findTargetGroupAttributes(TargetGroupArn, caller, deps)) });
